# SPDX-License-Identifier: GPL-2.0-or-later
"""File systems that somebody else had between the save and the power-on. What a mount changed is refused by the file system's
name, by the stage and by the initramfs; what it left as it was comes back."""

import functools

from harness import fixture_direct, fixture_stale, stale_disks
from harness.fixture_cases import FAULTS, case, register

# mtools write FAT as a kernel does, and a host's kernel need not have it.
WRITTEN = {**dict.fromkeys(("ext4", "xfs", "btrfs"), "mounted and written by"), "fat": "written with mtools by"}


def judge_partition(make, kind, disturb):
    """The direct way first, which leaves the image to the initramfs."""
    prepared = fixture_stale.saved_partitions()
    fixture = make.keep(fixture_stale.clone(prepared, f"stale-{kind}-{len(make.fixtures)}", prepared.disk))
    disturb(fixture.disk)
    if not fixture.disk.differs(prepared.disk, kind):
        fixture_direct.resume_directly(fixture)
        make.note("not a byte changed: resumed directly")
        return
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "witness-changed", f"/many/{kind}")
    text = fixture.expect_refusal("witness-changed", f"/many/{kind}")
    fixture.expect_image_gone()
    make.note(f"stage and initramfs: witness-changed: {text}")


def judge_whole_disk(make, kind, options):
    prepared = fixture_stale.saved_whole_disks()
    fixture = make.keep(fixture_stale.clone(prepared, f"stale-whole-{kind}", prepared.disk))
    stale_disks.mount_on_host(fixture.disk, kind, options)
    fixture.power_on()
    if not fixture.disk.differs(prepared.disk, kind):
        fixture.expect_resumed()
        make.note("not a byte changed: resumed through the initramfs")
        return
    text = fixture.expect_refusal("witness-changed", f"/many/{kind}")
    fixture.expect_image_gone()
    make.note(f"initramfs: witness-changed: {text}")


def live_read_only(make, kind):
    judge_partition(make, kind, lambda disk: disk.take_from(fixture_stale.after_live_read_only(), kind))


def host(make, kind, options):
    judge_partition(make, kind, lambda disk: stale_disks.mount_on_host(disk, kind, options))


def point(name, summary, body, **options):
    register(f"stale-{name}", summary, functools.partial(body, **options), tier=FAULTS, part="stale")


for kind in ("ext4", "xfs", "btrfs", "fat", "luks"):
    point(f"live-{kind}", f"{kind} in a partition, mounted read-only by a live system", live_read_only, kind=kind)
for kind in ("ext4", "xfs", "btrfs"):
    point(f"host-ro-{kind}", f"{kind} in a partition, mounted read-only by the host", host, kind=kind, options="ro")
for kind, how in WRITTEN.items():
    point(f"host-rw-{kind}", f"{kind} in a partition, {how} the host", host, kind=kind, options="rw")
for kind in ("ext4", "xfs", "btrfs"):
    point(f"whole-ro-{kind}", f"{kind} on a whole disk, mounted read-only by the host", judge_whole_disk, kind=kind, options="ro")
for kind, how in WRITTEN.items():
    point(f"whole-rw-{kind}", f"{kind} on a whole disk, {how} the host", judge_whole_disk, kind=kind, options="rw")


@case(tier=FAULTS, part="stale")
def stale_live_looks(make):
    """A live system that mounts nothing; the LUKS container stays locked."""
    prepared = fixture_stale.saved_partitions()
    fixture = make.keep(fixture_stale.clone(prepared, "stale-live-looks", prepared.disk))
    fixture_stale.run_live(fixture, "none")
    fixture_direct.resume_directly(fixture)
    fixture.check("for file in /many/*/file; do grep -q 'before the save' $file || exit 1; done")
    make.note("resumed directly, with all of them mounted")


@case(tier=FAULTS, part="stale")
def stale_luks_initramfs(make):
    """LUKS locked at the power-on, through the initramfs: its sectors are compared as they lie on the disk, which needs no key."""
    prepared = fixture_stale.saved_partitions()
    fixture = make.keep(fixture_stale.clone(prepared, "stale-luks-initramfs", prepared.disk))
    fixture_direct.resume_directly(fixture)
    fixture.check("nvresume trial --off")
    fixture.save()
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "direct-off")
    fixture.expect_resumed()
    fixture.check("grep -q 'before the save' /many/luks/file")
    make.note("resumed through the initramfs")


@case(tier=FAULTS, part="stale")
def stale_luks_refused(make):
    """LUKS opened and mounted, no permission to store its key: the save is refused."""
    make.note(fixture_stale.saved_partitions().refused_encrypted)
