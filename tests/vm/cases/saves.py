# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves that must be refused, or end with the machine going on as if nothing had been."""

from harness.fixture_cases import case


@case()
def lockdown(make):
    """Kernel lockdown: an image that waits is not resumed, and the save says what forbids it."""
    fixture = make.saved()
    fixture.power_on(arguments="lockdown=integrity")
    fixture.expect_refusal("driver-missing", "lockdown")
    fixture.expect_save_refused("lockdown", "lockdown")


@case()
def no_hibernation(make):
    """nohibernate on the command line: refused before anything is frozen."""
    fixture = make.ready()
    fixture.boot(arguments="nohibernate")
    fixture.expect_save_refused("hibernation-unavailable", "nohibernate")


@case()
def no_boot_entry(make):
    """Our boot entry is gone: the image could not come back, so nothing is saved."""
    fixture = make.ready()
    fixture.boot()
    fixture.check("efibootmgr -q -b $(efibootmgr | sed -n 's/^Boot\\(....\\).* nvresume.*/\\1/p') -B")
    fixture.expect_save_refused("no-boot-entry", "nvresume setup")


@case()
def not_in_initramfs(make):
    """The default boot entry's initramfs lost the driver: refused, with the file's name."""
    fixture = make.ready()
    fixture.boot()
    fixture.check("echo initramfs=/run/initrd >/etc/nvresume.conf; cd /data && echo small | cpio -o -H newc 2>/dev/null | gzip >/run/initrd")
    fixture.expect_save_refused("not-in-initramfs", "/run/initrd lacks the nvresume program")


@case()
def bypassed_stage(make):
    """A boot that did not come through the stage says so, and may not save: its image would be one boot off."""
    fixture = make.ready()
    fixture.machine.parts.variables.write_bytes(open("/usr/share/OVMF/OVMF_VARS_4M.fd", "rb").read())
    fixture.power_on()
    fixture.expect_refusal("no-range", "boot entry")
    fixture.expect_save_refused("no-range", "stage")


@case()
def no_room(make):
    """The image does not fit into its slot: found while frozen, and the machine goes on with nothing lost."""
    fixture = make.ready()
    # The range was formatted for 1 GiB and does not move. Without swap the kernel cannot make the snapshot smaller.
    fixture.machine.parts.memory_mib = 1920
    fixture.boot()
    fixture.check("swapoff /dev/NVM_SWAP")
    fixture.check(
        "mkdir /run/fill && mount -t tmpfs -o size=90% tmpfs /run/fill && "
        "for i in $(seq 1 75); do cp /esp/small/vmlinuz /run/fill/$i || exit 1; done"
    )
    before = fixture.start_workload()
    fixture.expect_save_refused("no-room", r"need .* have")
    start = len(fixture.machine.console.lines)
    _, _, match = fixture.expect_line(r"^workload: nonce=(\w+)", start)
    fixture.expect_equal("nonce", match[1], before.nonce)
    fixture.expect_image_gone()
    # Nothing is left behind: the next power-on boots normally.
    fixture.machine.power_off()
    fixture.power_on()
    fixture.expect_no_image()
