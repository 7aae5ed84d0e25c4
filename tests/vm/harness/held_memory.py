# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's memory filled with pages that do not compress, by a program that knows every byte of them (held_memory.cc)."""

import re
from typing import NamedTuple

from . import guest_program
from .places import BUILD, TESTS

SOURCE = TESTS / "held_memory.cc"
IN_GUEST = "/usr/local/bin/held_memory"
# What systemd does on an installed system: programs are in a group whose memory is accounted for.
MAKE_GROUP = (
    "mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control && "
    "mkdir /sys/fs/cgroup/system.slice && echo $$ >/sys/fs/cgroup/system.slice/cgroup.procs"
)


class Touched(NamedTuple):
    pages: int
    major: int
    minor: int
    ns: int


def tree():
    """A tree to inject that holds the program."""
    target = BUILD / "held-tree"
    guest_program.build(SOURCE, target / IN_GUEST.lstrip("/"))
    return target


def memory_mib(fixture):
    """What the guest's kernel has of it."""
    return int(re.search(r"MemTotal: +(\d+) kB", fixture.check("cat /proc/meminfo"))[1]) >> 10


def hold(fixture, anonymous_mib, tmpfs_mib, hot_percent=0, group=True):
    """Until its memory is full. `group`: in a memory control group."""
    fixture.phase = "filling memory"
    start = len(fixture.machine.console.lines)
    into_group = f"{MAKE_GROUP} || exit 1; " if group else ""
    fixture.check(f"{into_group}setsid {IN_GUEST} {anonymous_mib} {tmpfs_mib} {hot_percent} >/dev/null 2>&1 </dev/null & echo started")
    fixture.expect_line("^held: ready", start)


def ask(fixture, question):
    return fixture.check(f"echo {question} >/run/held/ask; read -r said </run/held/answer; echo $said").strip()


def expect_whole(fixture):
    fixture.phase = "what memory holds"
    fixture.expect_equal("held memory", ask(fixture, "verify"), "whole")


def touch(fixture, what):
    """`what`: hot or all. What reading a byte of each page cost."""
    return Touched(*(int(number) for number in re.findall(r"=(\d+)", ask(fixture, f"touch {what}"))))
