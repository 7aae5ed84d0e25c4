# SPDX-License-Identifier: GPL-2.0-or-later
"""The NVM seen from the host, while the machine is off or runs: the file behind the NVDIMM (docs/format.md)."""

import mmap
import struct
from typing import NamedTuple

BLOCK_BYTES = 4096
COPY_OFFSETS = {"A": 0, "B": 4096}
EMPTY, WRITING, COMMITTED, CONSUMED, FAILED = 1, 2, 3, 4, 5

_SUPERBLOCK = struct.Struct("<16sHHIQII QQQQQQQ QQII QQQ QQQ 16s")
_INDEX_HEADER = struct.Struct("<8sIIQQQII16s")
_CHUNK = struct.Struct("<QIIHHIQ")


class Superblock(NamedTuple):
    magic: bytes
    major: int
    minor: int
    flags: int
    generation: int
    state: int
    reason: int
    range_base: int
    image_bytes: int
    swap_bytes: int
    slot_offset_bytes: int
    slot_bytes: int
    log_offset_bytes: int
    log_bytes: int
    boot_count: int
    saved_boot_count: int
    attempt_count: int
    attempt_limit: int
    metadata_offset_bytes: int
    metadata_bytes: int
    metadata_checksum: int
    index_offset_bytes: int
    index_bytes: int
    index_checksum: int
    image_id: bytes


class Chunk(NamedTuple):
    offset_bytes: int  # in the file
    stored_bytes: int
    raw_bytes: int


class NvmFile:
    """REQUIRES: the range starts where the NVDIMM starts."""

    def __init__(self, path):
        self.path = path

    def read(self, offset_bytes, count):
        with open(self.path, "rb") as file:
            file.seek(offset_bytes)
            return file.read(count)

    def superblock(self, copy="A"):
        return Superblock(*_SUPERBLOCK.unpack(self.read(COPY_OFFSETS[copy], _SUPERBLOCK.size)))

    def states(self):
        return tuple(self.superblock(copy).state for copy in COPY_OFFSETS)

    def chunks(self):
        superblock = self.superblock()
        index = superblock.slot_offset_bytes + superblock.index_offset_bytes
        count = _INDEX_HEADER.unpack(self.read(index, _INDEX_HEADER.size))[1]
        entries = self.read(index + BLOCK_BYTES, count * _CHUNK.size)
        return [
            Chunk(superblock.slot_offset_bytes + offset, stored, raw)
            for offset, stored, raw, _, _, _, _ in _CHUNK.iter_unpack(entries)
        ]

    # Damage. Each verb changes what is there for certain.

    def corrupt_byte(self, offset_bytes):
        with open(self.path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            memory[offset_bytes] ^= 0x40

    def erase(self, offset_bytes, count):
        with open(self.path, "r+b") as file:
            file.seek(offset_bytes)
            file.write(bytes(count))

    def corrupt_superblock(self, copy):
        self.corrupt_byte(COPY_OFFSETS[copy] + 100)  # the boot count: nothing but the checksum can tell

    def corrupt_chunk(self, number):
        chunk = self.chunks()[number]
        self.corrupt_byte(chunk.offset_bytes + chunk.stored_bytes // 2)

    def corrupt_metadata(self):
        superblock = self.superblock()
        self.corrupt_byte(superblock.slot_offset_bytes + superblock.metadata_offset_bytes + superblock.metadata_bytes // 2)

    def corrupt_index(self):
        superblock = self.superblock()
        self.corrupt_byte(superblock.slot_offset_bytes + superblock.index_offset_bytes + superblock.index_bytes - 5)
