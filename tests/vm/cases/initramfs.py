# SPDX-License-Identifier: GPL-2.0-or-later
"""Where in the boot it is decided: before coldplug, or after it for disks that the EFI stage could not read; and an initramfs
without systemd."""

import re

from harness import fixture_debian, fixture_guests, workload
from harness.fixture import REFUSAL
from harness.fixture_cases import LONG, VARIETY, case
from harness.fixture_disks import WholeDisk
from harness.fixture_guests import once

WAITS = r"^nvresume: the EFI stage could not read ext4 on /whole \(\w+\); resuming waits for its disk"
# systemd starts coldplug with this line; dracut without systemd has none of its own.
COLDPLUG = r"Coldplug All udev Devices|Coldplugging"


DISK = "$(blkid -t TYPE=ext4 -o device | grep -v vda)"
MOUNT = f"mkdir -p /whole && mount -t ext4 {DISK} /whole"
MOUNT_THROUGH_A_LOOP = f"modprobe loop && losetup /dev/loop0 {DISK} && mkdir -p /whole && mount -t ext4 /dev/loop0 /whole"
# By a task that stays, in a mount namespace of its own, as a container does.
MOUNT_FOR_ONE_TASK = f"""
unshare -m sh -c '{MOUNT} && exec sleep 100000' >/dev/null 2>&1 </dev/null &
until grep -q ' /whole ' /proc/$!/mountinfo; do sleep 0.2; done
! grep -q ' /whole ' /proc/self/mountinfo
"""


def saved_with_whole_disk(fixture, boot, save, mount=MOUNT):
    """Saved with a file system mounted that the stage cannot judge; the machine off."""
    whole = WholeDisk(fixture)
    whole.plug_in(fixture)
    boot()
    fixture.check(mount)
    save()
    return whole


def small_with_whole_disk(make, mount=MOUNT):
    fixture = make.ready()
    return fixture, saved_with_whole_disk(fixture, fixture.boot, lambda: (fixture.start_workload(), fixture.save()), mount)


@case()
def disk_the_stage_cannot_read(make):
    """A file system on a whole disk: the early pass changes nothing and says so, the late one waits for the disk and resumes."""
    fixture, _ = small_with_whole_disk(make)
    fixture.power_on()
    fixture.expect_line(WAITS)
    fixture.expect_line(r"^small: restore --early exit status 10")
    fixture.expect_resumed()


@case(tier=VARIETY)
def disk_the_stage_cannot_read_changed(make):
    """The same disk written in between: refused by the late pass, by name."""
    fixture, whole = small_with_whole_disk(make)
    whole.change()
    fixture.power_on()
    fixture.expect_line(WAITS)
    fixture.expect_refusal("witness-changed", "/whole")
    fixture.expect_image_gone()


@case(tier=VARIETY, part="stale")
def disk_of_another_mount_namespace_changed(make):
    """A disk that one task has mounted for itself alone has a witness, too: written in between, it is refused by name."""
    refused_once_written(make, MOUNT_FOR_ONE_TASK)


@case(tier=VARIETY, part="stale")
def disk_under_a_loop_device_changed(make):
    """A disk that is mounted through a loop device has one as well."""
    refused_once_written(make, MOUNT_THROUGH_A_LOOP)


def refused_once_written(make, mount):
    fixture, whole = small_with_whole_disk(make, mount)
    whole.change()
    fixture.power_on()
    fixture.expect_refusal("witness-changed", "/whole")
    fixture.expect_image_gone()


@case(tier=VARIETY)
def disk_the_stage_cannot_read_gone(make):
    """Another disk in its place: awaited no longer than told, then refused by name."""
    fixture, whole = small_with_whole_disk(make)
    whole.change_serial(fixture, "another")
    fixture.power_on()
    fixture.expect_line(WAITS)
    fixture.expect_refusal("witness-unreadable", "/whole .* did not appear within")
    fixture.expect_image_gone()


@case(LONG, VARIETY)
def systemd_waits_for_disk(make):
    """systemd: with a disk that the stage cannot read the decision comes after coldplug, and the session goes on."""
    fixture = make.clone(fixture_debian.ready())
    saved_with_whole_disk(fixture, fixture.boot, lambda: save_debian(fixture))
    fixture.power_on()
    fixture.expect_line(WAITS)
    coldplug, _, _ = fixture.expect_line(COLDPLUG)
    resuming, _, _ = fixture.expect_line("^nvresume: resuming ")
    fixture.expect(coldplug < resuming, "coldplug before the restore")
    fixture.expect_resumed()


def save_debian(fixture):
    """By nvresume itself: `systemctl hibernate` returns before the machine is off, and expect_resumed() wants the end."""
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start)
    fixture.save()


def power_on_without_systemd(fixture, arguments="", initramfs=fixture_debian.WITHOUT_SYSTEMD):
    fixture.power_on(script=fixture_debian.grub_entry(initramfs, arguments))


@once
def saved_without_systemd():
    """Debian with an initramfs without systemd, saved and off."""
    fixture = fixture_guests.clone(fixture_debian.ready(), "debian-without-systemd")
    power_on_without_systemd(fixture)
    fixture.expect_up()
    fixture.expect_no_line(r"Running in init(rd|ramfs)|\(Initramfs\)")  # what systemd says there
    save_debian(fixture)
    return fixture


@case(LONG)
def without_systemd_resumes(make):
    """dracut --omit systemd: attached and resumed before coldplug, the same session goes on."""
    fixture = make.clone(saved_without_systemd())
    power_on_without_systemd(fixture)
    fixture.expect_resumed()
    fixture.expect_no_line(r"^nvresume: attach: |systemd\[1\]")


@case(LONG, VARIETY)
def without_systemd_corrupted_chunk(make):
    """dracut --omit systemd: one byte of the image changed, refused by chunk, and Debian comes up."""
    fixture = make.clone(saved_without_systemd())
    last = len(fixture.nvm.chunks()) - 1
    fixture.nvm.corrupt_chunk(last)
    power_on_without_systemd(fixture)
    expect_debian_refusal(fixture, "chunk-corrupt", rf"\b{last}\b")


@case(LONG, VARIETY)
def without_systemd_disabled(make):
    """dracut --omit systemd: rd.nvresume=0 boots without the image and drops it."""
    fixture = make.clone(saved_without_systemd())
    power_on_without_systemd(fixture, "rd.nvresume=0")
    expect_debian_refusal(fixture, "disabled", "rd.nvresume=0")
    fixture.expect_equal("why it was dropped", fixture.inspect()["superblock"]["reason"], "disabled")


@case(LONG, VARIETY)
def without_systemd_no_image(make):
    """dracut --omit systemd: nothing was saved, an ordinary boot."""
    fixture = make.clone(fixture_debian.ready())
    power_on_without_systemd(fixture)
    fixture.expect_up()
    fixture.expect_no_line(REFUSAL)
    fixture.expect_recorded("no-image")


@case(LONG, VARIETY)
def without_systemd_no_driver(make):
    """dracut --omit systemd: a driver of no use, so the disk of resume= never comes; dracut's own wait for it is taken back."""
    fixture = make.clone(saved_without_systemd())
    power_on_without_systemd(fixture, initramfs=f"{fixture_debian.WITHOUT_SYSTEMD} {fixture_debian.BROKEN_DRIVER}")
    expect_debian_refusal(fixture, "driver-missing", "nvm_swap")
    fixture.expect_no_line("Cancelling resume operation|Could not boot")


@case(LONG, VARIETY)
def without_systemd_nd_pmem_first(make):
    """dracut --omit systemd: rd.driver.pre loads nd_pmem before anything of ours; its namespace is ours, taken, and resumed."""
    fixture = make.clone(saved_without_systemd())
    power_on_without_systemd(fixture, "rd.driver.pre=nfit,nd_pmem")
    fixture.expect_line(r"nvresume: took namespace0\.0 .*from nd_pmem")
    fixture.expect_resumed()


def expect_debian_refusal(fixture, reason, text):
    """As Fixture.expect_refusal; Debian starts its workload by itself at every boot."""
    fixture.phase = "refusal"
    fixture.expect_up()
    _, line, match = fixture.expect_line(REFUSAL)
    fixture.expect_equal(f"reason code in `{line.text}`", match[1], reason)
    fixture.expect(re.search(text, match[2]), f"`{text}` in the refusal's text: {match[2]}")
    fixture.expect_recorded(reason)
    fixture.expect(fixture.boot_id() != fixture.saved.boot_id, "another boot id than the saved session's")
    fixture.expect_image_gone()
    fixture.expect_equal("failed units", fixture.run("systemctl --failed --no-legend").output, "")
