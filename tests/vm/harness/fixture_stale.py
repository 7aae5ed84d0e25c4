# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines with a file system of every kind mounted at the save, and what a live system does to their disks in between."""

import shutil

from . import fixture_direct, fixture_guests, qemu, small_guest, workload
from .fixture_guests import CASES, once
from .places import TESTS
from .stale_disks import PartitionedDisk, WholeDisks

MODULES = ("xfs", "btrfs", "dm_crypt", "xts", "ecb")
MOUNT = """
. /etc/file-systems
encrypted=$(blkid -t PARTLABEL=luks -o device)
if [ -n "$encrypted" ]; then
  cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --key-file $KEY "$encrypted" || exit 1
  open_disk luks
  dd if="$(device_of seed)" of=/dev/mapper/luks bs=1M 2>/dev/null
fi
for name in %s; do
  mkdir -p /many/$name
  mount -t $(type_of $name) $(device_of $name) /many/$name || exit 1
  echo before the save >/many/$name/file
done
sync
"""


@once
def guest_disk():
    """The small guest with the drivers and cryptsetup for these file systems."""
    path = CASES / "small-stale.raw"
    tree = CASES / "stale-tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(TESTS / "cases/stale-guest", tree)
    (tree / "usr/sbin").mkdir(parents=True)
    shutil.copy(shutil.which("cryptsetup", path="/usr/sbin:/sbin"), tree / "usr/sbin/cryptsetup")
    trees = [fixture_guests.install_tree(), fixture_guests.small_tree(), workload.tree(), tree]
    small_guest.build(path, trees, modules=MODULES)
    fixture_guests.write_small_boot_files(path)
    return path


@once
def ready():
    fixture = fixture_guests.new_fixture("stale-ready", guest_disk(), "small")
    fixture_guests.set_up_small(fixture)
    return fixture


def clone(fixture, name, disk):
    """With its own copy of these disks."""
    other = fixture_guests.clone(fixture, name)
    other.disk = type(disk)(other.machine.parts.directory, disk)
    other.disk.plug_in(other)
    return other


def _mounted(name, kind):
    fixture = fixture_guests.clone(ready(), name)
    fixture.disk = kind(fixture.machine.parts.directory)
    fixture.disk.plug_in(fixture)
    fixture.boot()
    fixture.check(MOUNT % " ".join(kind.names))
    fixture.start_workload()
    return fixture


@once
def saved_partitions():
    """All of them mounted, the trial passed, saved, off. The opened LUKS is one that the owner lets lie in the NVM in clear."""
    fixture = _mounted("stale-partitions", PartitionedDisk)
    refused = fixture.expect_save_refused("encrypted-disk", "/many/luks")
    fixture.check("echo store-memory-unencrypted=yes >>/etc/nvresume.conf")
    fixture_direct.try_out(fixture)
    fixture.save()
    fixture.refused_encrypted = refused.output.strip()
    return fixture


@once
def saved_whole_disks():
    """The same on whole disks, to come back through the initramfs."""
    fixture = _mounted("stale-whole", WholeDisks)
    fixture.save()
    return fixture


# What other systems do


def run_live(fixture, how):
    """A live system on this machine, started without the stage."""
    variables = fixture.machine.parts.variables
    aside = variables.with_suffix(".aside")
    variables.rename(aside)
    qemu.new_firmware_variables(variables)
    fixture.power_on(arguments=f"rdinit=/sbin/live-system live={how}")
    fixture.expect_line("^live: done")
    fixture.machine.wait_power_off(fixture.guard_s)
    fixture.expect_no_line("^nvresume: stage")
    if how != "none":
        for name in fixture.disk.names:
            fixture.expect_line(f"^live: {name}$")
    aside.rename(variables)


@once
def after_live_read_only():
    """The disk of saved_partitions() after a live system mounted each of its file systems read-only."""
    fixture = clone(saved_partitions(), "stale-live", saved_partitions().disk)
    run_live(fixture, "ro")
    return fixture.disk
