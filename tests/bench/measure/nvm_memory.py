# SPDX-License-Identifier: GPL-2.0-or-later
"""An emulated NVDIMM whose file lies in the host's memory, taken beforehand: a file on a disk is as slow as the host's
writeback, and which variant that strikes is chance (seen: 14.4 s and 2.8 s for the same save)."""

import atexit
import os
import pathlib
import shutil
import zlib

from harness.places import BUILD, say

SHARED_MEMORY = pathlib.Path("/dev/shm")
# One directory a build tree: what a killed run left is found again.
DIRECTORY = SHARED_MEMORY / f"nvresume-bench-{zlib.crc32(str(BUILD).encode()):08x}"
SPARE_BYTES = 4 << 30  # for the guests' own memory, and the host's


def start():
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    atexit.register(shutil.rmtree, DIRECTORY, ignore_errors=True)


def move_into(machine):
    """REQUIRES: the machine is off."""
    nvdimm = machine.parts.nvdimm
    size_bytes = nvdimm.stat().st_size
    if _available_bytes() < size_bytes + SPARE_BYTES:
        say(f"{machine.parts.name}: too little memory here to keep its NVM in: on disk, and the figures will scatter")
        return
    DIRECTORY.mkdir(exist_ok=True)
    target = DIRECTORY / machine.parts.name.replace("/", "-")
    shutil.copyfile(nvdimm, target)
    nvdimm.unlink()
    with open(target, "r+b") as file:
        os.posix_fallocate(file.fileno(), 0, size_bytes)
    machine.parts.nvdimm = target


def _available_bytes():
    with open("/proc/meminfo") as meminfo:
        available_kib = next(int(line.split()[1]) for line in meminfo if line.startswith("MemAvailable:"))
    room = os.statvfs(SHARED_MEMORY)
    return min(available_kib * 1024, room.f_bavail * room.f_frsize)
