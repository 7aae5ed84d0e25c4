# SPDX-License-Identifier: GPL-2.0-or-later
"""More disks for a machine: one file system on a whole disk, which has no GPT partition. The EFI stage finds partitions only,
so this one is left to the initramfs."""

from .disk import MIB
from .places import tool

SIZE_BYTES = 16 * MIB


class WholeDisk:
    """An ext4 without a partition table, known by its disk's serial number."""

    def __init__(self, fixture, name="whole"):
        self.name = name
        self.path = fixture.machine.parts.directory / f"{name}.raw"
        with open(self.path, "wb") as file:
            file.truncate(SIZE_BYTES)
        tool("mke2fs", "-q", "-F", "-t", "ext4", self.path)

    def plug_in(self, fixture, serial=None):
        """REQUIRES: the machine is off, and has no such disk."""
        fixture.machine.parts.extra += [
            "-drive", f"if=none,id={self.name},format=raw,file={self.path}",
            "-device", f"virtio-blk-pci,drive={self.name},serial={serial or self.name}",
        ]

    def change_serial(self, fixture, serial):
        """Another disk with the same content in its place."""
        del fixture.machine.parts.extra[-4:]
        self.plug_in(fixture, serial)

    def change(self):
        """What another system's mount would leave: its superblock differs."""
        tool("tune2fs", "-L", "changed", self.path)
