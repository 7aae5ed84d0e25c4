# SPDX-License-Identifier: GPL-2.0-or-later
"""What nvresume's own record of a save or a resume says (`attempts` of nvresume inspect --json)."""

import re

from harness.places import ToolFailed

MEMORY = r"memory: {}: peak (\d+) KiB, kernel slab \+(\d+) KiB"


def last(report, kind, path):
    """The newest record of that kind. It must have ended well, on that path."""
    record = next((entry for entry in reversed(report["attempts"]) if entry["kind"] == kind), None)
    if record is None or record["path"] != path or record["outcome"] not in ("done", "running"):
        raise ToolFailed(f"expected a {kind} ({path}) that ended well, found: {record}")
    return record


def seconds_after_snapshot(record):
    """From the snapshot to where nothing is left to do but to power off: all is stored, read back and committed."""
    names = list(record["phases_s"])
    return seconds_of(record, names[names.index("snapshot") + 1 :])


def seconds_of(record, names):
    """A name with a slash is a part of the phase before the slash."""
    return sum(record["phases_s"][name] for name in names if "/" not in name)


def seconds_inside(record, part):
    """`store/read` or `load/write`: inside /dev/snapshot, the kernel's own share. None where the record does not tell it."""
    return record["phases_s"].get(part)


def peak_kib(record, what):
    """Most memory the program and, for it, the kernel had; None where it says none (the stage)."""
    match = re.search(MEMORY.format(what), record["text"])
    return int(match[1]) + int(match[2]) if match else None
