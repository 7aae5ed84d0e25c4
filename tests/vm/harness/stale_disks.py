# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks with a file system of every kind, in one GPT disk or each on a disk of its own; and what this host does to one of
them."""

import contextlib
import os
import subprocess

from .disk import MIB
from .fixture_cases import Skipped
from .places import ToolFailed, tool

SECTOR = 512
# In the disk's order. XFS: mkfs.xfs makes none below 300 MB. `seed`: what the guest copies into the opened LUKS.
SIZES = {"ext4": 32 * MIB, "xfs": 320 * MIB, "btrfs": 128 * MIB, "fat": 32 * MIB, "luks": 32 * MIB, "seed": 16 * MIB}
MAKE = {
    "ext4": ("mke2fs", "-q", "-F", "-t", "ext4", "-L", "EXT4"),
    "xfs": ("mkfs.xfs", "-q", "-f", "-L", "XFS"),
    "btrfs": ("mkfs.btrfs", "-q", "-f", "-L", "BTRFS"),
    "fat": ("mkfs.fat", "-n", "FAT"),
    "seed": ("mke2fs", "-q", "-F", "-t", "ext4", "-L", "SEED"),
}
MOUNTED = ("ext4", "xfs", "btrfs", "fat", "luks")


def _new_file(path, size_bytes):
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(size_bytes)


def _make_file_system(path, name):
    _new_file(path, SIZES[name])
    if name in MAKE:
        tool(*MAKE[name], path)


def place_of(name):
    """(offset, size) of its partition."""
    offset = MIB
    for other, size in SIZES.items():
        if other == name:
            return offset, size
        offset += size
    raise KeyError(name)


class PartitionedDisk:
    """All of them in one GPT disk, which firmware can read."""

    names = MOUNTED

    def __init__(self, directory, original=None):
        self.path = directory / "many.raw"
        if original:
            tool("cp", "--sparse=always", "--reflink=auto", original.path, self.path)
        else:
            self._make()

    def _make(self):
        _new_file(self.path, MIB + sum(SIZES.values()) + MIB)
        options = []
        for number, (name, size) in enumerate(SIZES.items(), 1):
            first = place_of(name)[0] // SECTOR
            options += [f"--new={number}:{first}:{first + size // SECTOR - 1}", f"--change-name={number}:{name}"]
        tool("sgdisk", "--clear", *options, self.path)
        for name in SIZES:
            with self.taken_out(name) as part:
                _make_file_system(part, name)

    @contextlib.contextmanager
    def taken_out(self, name):
        """The partition as a file, put back afterwards. REQUIRES: no machine with this disk is on."""
        part = self.path.with_suffix(f".{name}")
        offset, size = place_of(name)
        _copy(self.path, part, size, skip=offset)
        yield part
        _copy(part, self.path, size, seek=offset)
        part.unlink()

    def plug_in(self, fixture):
        fixture.machine.parts.extra += _drive("many", self.path)

    def take_from(self, other, name):
        """This one file system as it is on the other disk."""
        offset, size = place_of(name)
        _copy(other.path, self.path, size, skip=offset, seek=offset)

    def differs(self, other, name):
        offset, size = place_of(name)
        return subprocess.run(["cmp", "-s", f"-n{size}", f"-i{offset}", self.path, other.path], check=False).returncode != 0


class WholeDisks:
    """A disk without a partition table for each: firmware cannot tell them apart, the initramfs looks at them."""

    names = ("ext4", "xfs", "btrfs", "fat")

    def __init__(self, directory, original=None):
        self.paths = {name: directory / f"whole-{name}.raw" for name in self.names}
        for name, path in self.paths.items():
            if original:
                tool("cp", "--sparse=always", "--reflink=auto", original.paths[name], path)
            else:
                _make_file_system(path, name)

    @contextlib.contextmanager
    def taken_out(self, name):
        yield self.paths[name]

    def plug_in(self, fixture):
        for name, path in self.paths.items():
            fixture.machine.parts.extra += _drive(f"whole-{name}", path)

    def differs(self, other, name):
        return subprocess.run(["cmp", "-s", self.paths[name], other.paths[name]], check=False).returncode != 0


def _drive(name, path):
    return ["-drive", f"if=none,id={name},format=raw,file={path}", "-device", f"virtio-blk-pci,drive={name},serial={name}"]


def _copy(source, target, size, skip=0, seek=0):
    tool(
        "dd", f"if={source}", f"of={target}", "bs=1M", f"count={size // MIB}", f"skip={skip // MIB}", f"seek={seek // MIB}",
        "conv=notrunc",
    )


def mount_on_host(disk, name, options):
    """This host mounts it, writes a file where it may, and unmounts it."""
    with disk.taken_out(name) as part:
        if name == "fat" and options == "rw":
            source = part.with_suffix(".txt")
            source.write_text("written by the host\n")
            tool("mcopy", "-o", "-i", part, source, "::/host.txt")
            return
        with _loop_device(part) as device, _mounted(device, part.with_suffix(".mounted"), name, options) as target:
            if options == "rw":
                (target / "host").write_text("written by the host\n")
                os.sync()


@contextlib.contextmanager
def _loop_device(path):
    """Writable, as a disk is: `mount -o loop,ro` makes one that no journal can be replayed on, and then does not mount."""
    device = tool("losetup", "--find", "--show", path).strip()
    try:
        yield device
    finally:
        tool("losetup", "--detach", device)


@contextlib.contextmanager
def _mounted(device, target, name, options):
    target.mkdir(exist_ok=True)
    try:
        tool("mount", "-o", options, device, target)
    except ToolFailed:
        raise Skipped(f"this host does not mount {name} ({options})") from None
    try:
        yield target
    finally:
        tool("umount", target)
