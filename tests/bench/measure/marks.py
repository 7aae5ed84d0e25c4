# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot with a quiet kernel, cut into phases by the arrival of its console lines."""

import re

from harness import phases
from harness.workload import LINE

# The stage's first words: where firmware's time ends, on every way.
HANDOFF = r"^nvresume: stage"
# With the kernel's own clock, which began with the kernel: what a quiet one does not say.
FIRST_PROCESS = r"^\[ *([\d.]+)\] Run /init as init process"

_BOOT_KERNEL = [("firmware", HANDOFF), ("stage", "Welcome to GRUB"), ("loader and kernel", FIRST_PROCESS)]
_RESUMED = [("devices", r"^nvresume: resumed|" + LINE), ("session", LINE)]

COLD = [*_BOOT_KERNEL, ("initramfs", r"EXT4-fs \(vda2\): mounted"), ("system", LINE)]
THROUGH_KERNEL = [
    *_BOOT_KERNEL,
    ("initramfs", r"PM: hibernation: resume from hibernation"),
    ("restore", r"PM: .*Read \d+ kbytes"),
    *_RESUMED,
]
THROUGH_INITRAMFS = [*_BOOT_KERNEL, ("initramfs", r"^nvresume: resuming "), ("restore", r"^nvresume: loaded "), *_RESUMED]
DIRECT = phases.DIRECT

ORDER = ("stage", "loader", "kernel", "initramfs", "restore", "devices", "system", "session")


def cut(lines, marks):
    """{phase: seconds} from the hand-off to the first workload line."""
    found = phases.cut(lines, lines[0].at_s, marks)
    found.pop("firmware", None)
    booting_s = found.pop("loader and kernel", None)
    if booting_s is not None:
        kernel_s = min(booting_s, _first_process_s(lines))
        found["loader"], found["kernel"] = round(booting_s - kernel_s, 3), round(kernel_s, 3)
    return {name: found[name] for name in ORDER if name in found}


def _first_process_s(lines):
    return next(float(match[1]) for match in (re.search(FIRST_PROCESS, line.text) for line in lines) if match)
