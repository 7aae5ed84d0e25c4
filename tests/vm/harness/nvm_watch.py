# SPDX-License-Identifier: GPL-2.0-or-later
"""The NVM of a machine that runs, watched from the host: QEMU shares the file's pages, so a store of the guest's is seen here
as soon as it is made, and between two of them the power can be cut."""

import mmap
import struct
import time

from .fixture import Failed
from .fixture_nvm import BLOCK_BYTES, COMMITTED, CONSUMED, COPY_OFFSETS, NvmFile

SIGNATURE_OFFSET = 4086  # in the swap area (docs/format.md, "Swap signature")
_STATE_OFFSET, _BOOT_COUNT_OFFSET = 32, 96
_SPAN = 16 * BLOCK_BYTES
_LOOKS_BETWEEN_CLOCKS = 1000


class NvmWatch:
    """REQUIRES: the range is formatted and starts where the NVDIMM starts."""

    def __init__(self, path):
        superblock = NvmFile(path).superblock()
        self._signature = superblock.image_bytes + SIGNATURE_OFFSET
        self.slot = superblock.slot_offset_bytes
        self._log = (superblock.log_offset_bytes, superblock.log_offset_bytes + superblock.log_bytes)
        with open(path, "rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    def state(self, copy):
        return struct.unpack_from("<I", self._memory, COPY_OFFSETS[copy] + _STATE_OFFSET)[0]

    def boot_count(self, copy):
        return struct.unpack_from("<Q", self._memory, COPY_OFFSETS[copy] + _BOOT_COUNT_OFFSET)[0]

    def signature(self):
        return self._memory[self._signature : self._signature + 10]

    def span(self, offset_bytes):
        """What lies there in the slot."""
        return self._memory[self.slot + offset_bytes : self.slot + offset_bytes + _SPAN]

    def log(self):
        return self._memory[slice(*self._log)]

    def holds(self, magic, begin_bytes, count):
        """Whether a record begins with this in that part of the slot."""
        return self._memory.find(magic, self.slot + begin_bytes, self.slot + begin_bytes + count) >= 0

    def wait(self, moment, fixture):
        """Looks without a pause, a million times a second: two flushed stores are some ten microseconds apart. `moment(watch)`
        gives what is looked for, as of now."""
        come = moment(self)
        deadline_s = time.monotonic() + fixture.guard_s
        while True:
            for _ in range(_LOOKS_BETWEEN_CLOCKS):
                if come():
                    return
            if not fixture.machine.alive() or time.monotonic() > deadline_s:
                raise Failed(fixture.phase, "the moment to cut the power to come")


# Moments


def state_is(state, *copies):
    return lambda watch: lambda: all(watch.state(copy) == state for copy in copies)


def counted(*copies):
    """A boot more than when the machine went on."""

    def moment(watch):
        before = {copy: watch.boot_count(copy) for copy in copies}
        return lambda: all(watch.boot_count(copy) != before[copy] for copy in copies)

    return moment


def signature_is(text):
    return lambda watch: lambda: watch.signature().startswith(text)


def stored(offset_bytes):
    """Anything new at this place of the slot."""

    def moment(watch):
        before = watch.span(offset_bytes)
        return lambda: watch.span(offset_bytes) != before

    return moment


def logged(watch):
    """Anything new in the attempt log."""
    before = watch.log()
    return lambda: watch.log() != before


def logged_after(first):
    """Anything new in the attempt log since another moment."""

    def moment(watch):
        come, logs = first(watch), []

        def since():
            if logs:
                return watch.log() != logs[0]
            if come():
                logs.append(watch.log())
            return False

        return since

    return moment


def recorded(magic, begin_bytes, count):
    return lambda watch: lambda: watch.holds(magic, begin_bytes, count)


def committed(*copies):
    return state_is(COMMITTED, *copies)


def consumed(*copies):
    return state_is(CONSUMED, *copies)
