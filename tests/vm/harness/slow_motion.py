# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine in slow motion: all of QEMU stops and goes on in slices, so that a host that is busy, too, sees a moment before the
machine has run past it."""

import re
import signal
import time

from .fixture import Failed

# The machine runs for a fifth of the time. Firmware, whose clock is the host's, then sees slower processors.
RUN_S, STOP_S = 0.0005, 0.002


def processor_s(machine):
    """What its processors have worked, by the host's count (the clock of a process: include/linux/posix-timers.h)."""
    return time.clock_gettime((~machine.qemu.process.pid << 3) | 2)


class SlowMotion:
    """REQUIRES: the machine is on. It is left stopped; a power cut or full_speed() follows."""

    def __init__(self, machine):
        self._machine = machine
        self._process = machine.qemu.process
        self._seen = machine.boot_start
        self._process.send_signal(signal.SIGSTOP)

    def run_until(self, fixture, pattern):
        """Stopped within a slice of this line."""
        self._run_until(fixture, lambda: self._has_said(pattern), f"a console line `{pattern}`")

    def run_for(self, fixture, seconds):
        """Stopped when its processors have worked for that long from now on."""
        end_s = processor_s(self._machine) + seconds
        self._run_until(fixture, lambda: processor_s(self._machine) >= end_s, f"{seconds:.3f} s of its processors' time")

    def full_speed(self):
        self._process.send_signal(signal.SIGCONT)

    def _run_until(self, fixture, come, expected):
        deadline_s = time.monotonic() + fixture.guard_s * (RUN_S + STOP_S) / RUN_S
        while not come():
            if not self._machine.alive() or time.monotonic() > deadline_s:
                raise Failed(fixture.phase, expected)
            self._process.send_signal(signal.SIGCONT)
            time.sleep(RUN_S)
            self._process.send_signal(signal.SIGSTOP)
            time.sleep(STOP_S)

    def _has_said(self, pattern):
        lines = self._machine.console.lines
        begin, self._seen = self._seen, len(lines)
        return any(re.search(pattern, line.text) for line in lines[begin : self._seen])
