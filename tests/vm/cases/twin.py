# SPDX-License-Identifier: GPL-2.0-or-later
"""Two copies of one Debian get the same updates of kernel and GRUB. One never hears of nvresume; the other has it set up
before the updates and purged after them. In the end nobody can tell which was which."""

import json
import re

from harness import debian_guest, dracut_stand_in, fixture_packages, older_debian
from harness.fixture_cases import LONG, VARIETY, case
from harness.fixture_guests import CASES
from harness.nvresume_guest import NvresumeGuest
from harness.places import ToolFailed, kernel_release, say
from harness.root_tree import chroot, discard
from harness.traces import SNAPSHOT, expect_same, is_zero

COLD_BOOT_S = 60
APT = "export DEBIAN_FRONTEND=noninteractive;"
SET_UP_FILES = f"{APT} dpkg -i /root/packages/*.deb && rm -r /root/packages && nvresume setup --files-only"
UPDATE_KERNEL = f"{APT} dpkg -i /update/kernel/*.deb && rm -r /update/kernel"
UPDATE_GRUB = f"{APT} dpkg -i /update/grub/*.deb 2>&1"
PURGE = f"{APT} dpkg --purge nvresume nvresume-dkms nvresume-efi 2>&1"
TOLD_BY_TRIGGER = r'^nvresume: the firmware starts Boot[0-9A-F]{4} "debian" first: .* run nvresume setup'


@case(LONG, VARIETY)
def twin(make):
    """Kernel and GRUB updated on two copies of a Debian; the one with nvresume, purged, is as the one without."""
    without = twin_without(make)
    fixture = start(make, disk_of("with", SET_UP_FILES, UPDATE_KERNEL, can_resume_with_updated_kernel, dracut_stand_in.PREPARE))
    fixture.phase = "setup"
    fixture.check("nvresume setup --yes >/run/setup 2>&1 || { cat /run/setup; exit 1; }")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line("^nvresume: setup finished: ")
    fixture.machine.assert_booted_through_stage()
    expect_grub_comes_first(fixture)
    expect_bypass_is_told_and_mended(fixture)
    fixture.phase = "purge"
    fixture.check(PURGE)
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_no_line("^nvresume: ")
    expect_same(fixture, without, fixture.check(SNAPSHOT), "everything as in the twin that never had nvresume")
    fixture.power_off()
    fixture.expect(is_zero(fixture.machine.parts.nvdimm), "nothing but zeros in the NVM")


def twin_without(make):
    """What the twin without nvresume looks like in the end."""
    fixture = start(make, disk_of("without", UPDATE_KERNEL))
    fixture.phase = "update of GRUB"
    fixture.check(UPDATE_GRUB)
    fixture.machine.reboot(fixture.guard_s)
    snapshot = fixture.check(SNAPSHOT)
    fixture.power_off()
    return snapshot


def disk_of(name, *steps):
    """A disk of the Debian of an update ago after these steps, natively in its root: commands, or functions of the tree."""
    path = CASES / f"twin-{name}.raw"
    tree = path.with_suffix(".tree")
    older_debian.unpack(tree)
    try:
        if SET_UP_FILES in steps:
            fixture_packages.copy_packages(tree, "/root/packages")
        for step in steps:
            step(tree) if callable(step) else print(chroot(tree, step), end="")
        debian_guest.make_disk(path, tree)
    finally:
        discard(tree)
    say(f"guest disk: {path}")
    return path


def can_resume_with_updated_kernel(tree):
    """The driver was built and the initramfs made with it, by the update's own hooks."""
    names = chroot(tree, f"zstdcat /boot/initrd.img-{kernel_release()} | cpio --quiet -t")
    for name in ("usr/sbin/nvresume", "nvm_swap.ko"):
        if name not in names:
            raise ToolFailed(f"{name} is not in the updated kernel's initramfs")


def start(make, disk):
    fixture = make.new(disk, "debian", machine_class=NvresumeGuest)
    fixture.cold_boot_s = COLD_BOOT_S
    fixture.boot()
    return fixture


def boot_order(fixture):
    """Labels, in the firmware's order."""
    entries = fixture.check("efibootmgr")
    labels = dict(re.findall(r"^Boot(\w{4})\*? (\S+)", entries, re.M))
    return [labels[number] for number in re.search(r"^BootOrder: (.*)$", entries, re.M)[1].split(",")]


def check_row(fixture, name):
    report = json.loads(fixture.run("nvresume check --json").output)
    return next(row for row in report["checks"] if row["name"] == name)


def expect_grub_comes_first(fixture):
    """The update tells it at its end, and the doctor; a save would still come back, by BootNext."""
    fixture.phase = "update of GRUB"
    fixture.expect_equal("first entry after setup", boot_order(fixture)[0], "nvresume")
    said = fixture.check(UPDATE_GRUB)
    fixture.expect_equal("first entry after the update", boot_order(fixture)[0], "debian")
    fixture.expect(re.search(TOLD_BY_TRIGGER, said, re.M), f"the update to tell that GRUB comes first:\n{said}")
    row = check_row(fixture, "boot-order")
    fixture.expect_equal("the doctor's verdict", row["verdict"], "warn")
    fixture.expect("run nvresume setup" in row["remedy"], f"a remedy in {row}")
    fixture.expect_equal("status of nvresume check", fixture.run("nvresume check").status, 0)


def expect_bypass_is_told_and_mended(fixture):
    """A boot through GRUB alone: no save, the reason names the remedy, and the remedy works."""
    fixture.machine.reboot(fixture.guard_s)
    fixture.phase = "boot that bypasses the stage"
    fixture.expect_no_line("^nvresume: stage")
    fixture.expect_save_refused("no-range", "run nvresume setup")
    fixture.expect_equal("the doctor's verdict on the range", check_row(fixture, "range")["verdict"], "fail")
    fixture.phase = "setup again"
    again = json.loads(fixture.check("nvresume setup --yes --json 2>/dev/null"))
    changed = {one["what"] + " " + one["name"] for one in again["changes"] if one["changed"]}
    wanted = {"boot order nvresume first", "file /var/lib/nvresume/unfinished"}
    fixture.expect_equal("changes of setup", changed, wanted)
    fixture.expect_equal("first entry", boot_order(fixture)[0], "nvresume")
