# SPDX-License-Identifier: GPL-2.0-or-later
"""The workload (workload.cc): built here, started in a guest, and its lines read."""

import re
from typing import NamedTuple

from . import guest_program
from .places import BUILD, TESTS

SOURCE = TESTS / "workload.cc"
IN_GUEST = "/usr/local/bin/workload"
LINE = (
    r"workload: nonce=(?P<nonce>\w+) counter=(?P<counter>\d+) connection=(?P<connection>\w+) "
    r"file=(?P<file>\w+) shell=(?P<shell>\w+) boot_id=(?P<boot_id>[0-9a-f-]{36})"
)


class State(NamedTuple):
    at_s: float
    nonce: str
    counter: int
    connection: str
    file: str
    shell: str
    boot_id: str


def tree():
    """A tree to inject that holds the workload."""
    target = BUILD / "workload-tree"
    guest_program.build(SOURCE, target / IN_GUEST.lstrip("/"))
    return target


def start(machine):
    """Starts it detached; returns its first line."""
    first = len(machine.console.lines)
    machine.check(f"setsid {IN_GUEST} >/dev/null 2>&1 </dev/null & echo started")
    return next_state(machine, first)


def next_state(machine, start, timeout_s=60):
    _, line, match = machine.wait_for(LINE, timeout_s, start)
    return _state(line, match)


def last_state(machine):
    """The newest line there is."""
    for line in reversed(machine.console.lines):
        match = re.search(LINE, line.text)
        if match:
            return _state(line, match)
    return None


def _state(line, match):
    fields = match.groupdict()
    return State(line.at_s, **{**fields, "counter": int(fields["counter"])})
