# SPDX-License-Identifier: GPL-2.0-or-later
"""`nvresume setup` and `nvresume remove` on a Debian that has nvresume installed and not set up."""

import json
import re

from harness import debian_guest, dracut_stand_in, fixture_guests, workload
from harness.fixture_cases import LONG, VARIETY, Skipped, case
from harness.fixture_guests import CASES, once
from harness.guest_packages import install_packages, with_apt
from harness.nvresume_guest import NvresumeGuest
from harness.places import TOP, ToolFailed, kernel_release, tool
from harness.root_tree import chroot, discard
from harness.traces import SNAPSHOT, expect_same, is_zero

# Nothing is measured before these machines are on: what a cold boot takes beside a full build (363 s found), and some.
COLD_BOOT_S = 60
RANGE = "0x100000000+0x80000000"
# As dracut makes it, for what comes back in the end.
WITHOUT = f"cp {dracut_stand_in.PREPARED}/without-{kernel_release()} /boot/initrd.img-{kernel_release()}"


@once
def installed_disk():
    path = CASES / "debian-installed.raw"
    trees = [fixture_guests.install_tree(), workload.tree(), fixture_guests.TESTS / "guest/workload"]
    debian_guest.build(path, trees, [dracut_stand_in.PREPARE, WITHOUT])
    return path


def installed(make):
    """The guest up, nvresume installed. Its firmware's boot entries are made: shim's fallback did that before this boot."""
    fixture = make.new(installed_disk(), "debian", machine_class=NvresumeGuest)
    fixture.cold_boot_s = COLD_BOOT_S
    fixture.boot()
    return fixture


def set_up(fixture, options=""):
    """Both steps: setup, and the first boot through the stage."""
    fixture.phase = "setup"
    fixture.check(f"nvresume setup --yes {options} >/run/setup 2>&1 || {{ cat /run/setup; exit 1; }}")
    fixture.phase = "setup, second step"
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line("^nvresume: setup finished: ")
    fixture.machine.assert_booted_through_stage()


@case(LONG, VARIETY)
def set_up_and_removed(make):
    """Setup, second step, setup again, remove, restart: /etc, /boot, ESP and EFI variables as before, the NVM blank."""
    fixture = installed(make)
    before = fixture.check(SNAPSHOT)
    set_up(fixture)
    fixture.phase = "setup again"
    again = json.loads(fixture.check("nvresume setup --yes --json 2>/dev/null"))
    fixture.expect_equal("changes of a second setup", [one for one in again["changes"] if one["changed"]], [])
    fixture.phase = "remove"
    plan = json.loads(fixture.check("nvresume remove --dry-run --json"))
    fixture.expect({"range", "boot-order", "fstab", "grub", "initramfs"} <= {one["kind"] for one in plan["changes"]}, f"all kinds of changes in {plan}")
    fixture.check("nvresume remove --yes >/run/remove 2>&1 || { cat /run/remove; exit 1; }")
    fixture.expect_equal("swaps", fixture.check("swapon --show=NAME --noheadings"), "")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_no_line("^nvresume: ")
    expect_same(fixture, before, fixture.check(SNAPSHOT))
    fixture.expect_equal("failed units", fixture.run("systemctl --failed --no-legend").output, "")
    fixture.expect_equal("second remove", fixture.check("nvresume remove --yes"), "nvresume is not set up here\n")
    fixture.power_off()
    fixture.expect(is_zero(fixture.machine.parts.nvdimm), "nothing but zeros in the NVM")


@case(LONG, VARIETY)
def file_system_in_the_nvm(make):
    """An ext4 on /dev/pmem0: named, never formatted, nothing changed; given up only by --erase with the range in full."""
    fixture = installed(make)
    fixture.phase = "ext4"
    fixture.check("mke2fs -q -t ext4 /dev/pmem0 && mount /dev/pmem0 /mnt && echo precious >/mnt/file && sync")
    before = fixture.check(SNAPSHOT)
    expect_refused(fixture, "nvresume setup --yes", "range-taken", r"namespace0\.0 \(/dev/pmem0\) is mounted")
    fixture.check("umount /mnt")
    expect_refused(fixture, "nvresume setup --yes", "not-blank", rf"/dev/pmem0 holds ext4; .*--erase {re.escape(RANGE)}")
    expect_refused(fixture, "nvresume setup --yes --erase 0x100000000+1G", "bad-argument", re.escape(RANGE))
    expect_same(fixture, before, fixture.check(SNAPSHOT))
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_equal("file", fixture.check("mount /dev/pmem0 /mnt && cat /mnt/file && umount /mnt"), "precious\n")
    set_up(fixture, f"--erase {RANGE}")


def expect_refused(fixture, command, reason, text):
    fixture.phase = command
    result = fixture.run(f"{command} 2>&1")
    fixture.expect(result.status != 0, f"a refusal, found: {result.output}")
    fixture.expect(re.search(rf"^nvresume: setup: {reason}: .*{text}", result.output, re.M), f"{reason}: … {text}, found: {result.output}")


def other_kernel():
    """A kernel of this series that the archive still has, beside the guest's own."""
    found = tool("apt-cache", "search", "--names-only", r"^linux-image-6\.1\.0-[0-9]+-amd64$")
    releases = sorted(re.findall(r"linux-image-(\S+)", found), key=lambda release: int(release.split("-")[1]))
    others = [release for release in releases if release != kernel_release()]
    if not others:
        raise Skipped("the archive has no other kernel of this series")
    return others[-1]


def expect_can_resume(tree, release):
    names = chroot(tree, f"zstdcat -f /boot/initrd.img-{release} | cpio --quiet -t")
    for name in ("usr/sbin/nvresume", "nvm_swap.ko"):
        if name not in names:
            raise ToolFailed(f"{name} is not in the initramfs of {release}")


@case(LONG, VARIETY)
def second_kernel(make):
    """A second kernel from the archive, its headers last and first: DKMS builds the module, and its initramfs has it."""
    release = other_kernel()
    tree = CASES / "second-kernel.tree"
    debian_guest.unpack(tree)
    try:
        debian_guest.overlay(tree, fixture_guests.install_tree())
        tool("make", "-s", "-C", TOP, "install-driver-source", f"DESTDIR={tree}")
        with_apt(tree)
        install_packages(tree, "dkms", f"linux-headers-{kernel_release()}")
        # Built for the guest's own kernel too, as on a user's machine: DKMS forgets a module whose last kernel goes.
        chroot(
            tree,
            f"rm /lib/modules/{kernel_release()}/updates/nvm_swap.ko; version=$(ls /usr/src | sed -n 's/^nvresume-//p'); "
            f"dkms add nvresume/$version && dkms install nvresume/$version -k {kernel_release()}",
        )
        chroot(tree, "nvresume setup --files-only")
        # dracut's hook comes before there is a module: the headers' hook makes the initramfs again.
        install_packages(tree, f"linux-image-{release}")
        output = install_packages(tree, f"linux-headers-{release}")
        if "made again" not in output:
            raise ToolFailed(f"the initramfs was not made again:\n{output}")
        expect_can_resume(tree, release)
        # The usual order: both at once, DKMS's hook before dracut's.
        chroot(tree, f"apt-get -y -qq purge linux-image-{release} linux-headers-{release}")
        install_packages(tree, f"linux-headers-{release}")
        output = install_packages(tree, f"linux-image-{release}")
        if "made again" in output:
            raise ToolFailed(f"the initramfs was made twice:\n{output}")
        expect_can_resume(tree, release)
        # Taken back, the later kernel's initramfs included.
        chroot(tree, "nvresume remove --yes")
        make.note(f"beside {kernel_release()}: {release}")
    finally:
        discard(tree)
