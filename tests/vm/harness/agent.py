# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands in the guest, over the second serial port (the guest's end is guest/*/agent)."""

import base64
from typing import NamedTuple


class Result(NamedTuple):
    status: int
    output: str


class Pending(NamedTuple):
    """A command under way. It may end in another QEMU: after a resume its end arrives as if nothing had been."""

    id: str
    start: int


class Agent:
    def __init__(self, console, alive):
        self._console = console
        self._alive = alive
        self._count = 0

    def wait_ready(self, timeout_s, start):
        _, _, match = self._console.wait_for(r"^@@agent (\S+)", timeout_s, start, self._alive)
        return match[1]

    def start(self, command):
        self._count += 1
        pending = Pending(str(self._count), len(self._console.lines))
        self._console.note(f"command {pending.id}: {command}")
        code = base64.b64encode(command.encode()).decode()
        self._console.send(f"{pending.id} {code}\n".encode())
        return pending

    def finish(self, pending, timeout_s):
        begin, _, _ = self._console.wait_for(rf"^@@begin {pending.id}$", timeout_s, pending.start, self._alive)
        end, _, match = self._console.wait_for(rf"^@@end {pending.id} (\d+)$", timeout_s, begin, self._alive)
        output = [line.text for line in self._console.lines[begin + 1 : end]]
        while output and not output[-1]:
            output.pop()
        return Result(int(match[1]), "".join(f"{text}\n" for text in output))

    def run(self, command, timeout_s):
        return self.finish(self.start(command), timeout_s)
