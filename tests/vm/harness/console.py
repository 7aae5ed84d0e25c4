# SPDX-License-Identifier: GPL-2.0-or-later
"""A serial line seen from the host: every line with the time it arrived, waited for with a bound."""

import re
import socket
import threading
import time
from typing import NamedTuple

_ESCAPES = re.compile(rb"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[A-Za-z78]|[\x00\x07\x08\x0e\x0f]")


class Line(NamedTuple):
    at_s: float  # host's monotonic clock when the line's end arrived
    text: str


class Console:
    """Listens on a unix socket QEMU connects to; `connected` again by the next QEMU, the lines go on in one list."""

    def __init__(self, socket_path, log_path=None):
        self.path = socket_path
        self.lines = []
        self.on_line = lambda text: None  # called with each line as it arrives
        self._log = open(log_path, "a", buffering=1) if log_path else None
        self._more = threading.Condition()
        self._connection = None
        self._open = False
        socket_path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(socket_path))
        self._listener.listen(1)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()
        if self._connection:
            self._connection.close()
        self.path.unlink(missing_ok=True)

    def note(self, text):
        """A line of the harness's own in the log."""
        if self._log:
            self._log.write(f"---- {text}\n")

    def send(self, data):
        """REQUIRES: QEMU is connected (a line of this boot has been seen)."""
        self._connection.sendall(data)

    def wait_for(self, pattern, timeout_s, start=0, alive=None):
        """The first line from index `start` on that matches: (index, Line, match). `alive()` false ends the wait."""
        pattern = re.compile(pattern)
        deadline = time.monotonic() + timeout_s
        index = start
        while True:
            with self._more:
                while index >= len(self.lines):
                    left_s = deadline - time.monotonic()
                    if left_s <= 0 or (alive and not alive()):
                        what = "did not come within %g s" % timeout_s if left_s <= 0 else "did not come before QEMU ended"
                        raise TimeoutError(f"`{pattern.pattern}` {what}")
                    self._more.wait(min(left_s, 0.2))
                line = self.lines[index]
            match = pattern.search(line.text)
            if match:
                return index, line, match
            index += 1

    def drain(self, timeout_s=10):
        """After QEMU's end: until its last bytes are lines here."""
        with self._more:
            if not self._more.wait_for(lambda: not self._open, timeout_s):
                raise TimeoutError("the serial line stays open after QEMU's end")

    def tail(self, count=25):
        return [line.text for line in self.lines[-count:]]

    def _accept(self):
        while True:
            try:
                self._connection, _ = self._listener.accept()
            except OSError:
                return
            self._set_open(True)
            self._read(self._connection)
            self._set_open(False)

    def _set_open(self, value):
        with self._more:
            self._open = value
            self._more.notify_all()

    def _read(self, connection):
        held = b""
        while True:
            try:
                data = connection.recv(65536)
            except OSError:
                data = b""
            now_s = time.monotonic()
            if not data:
                # What a guest that lost its power left without a line's end still counts.
                self._add(now_s, [held] if held else [])
                return
            *whole, held = (held + data).split(b"\n")
            self._add(now_s, whole)

    def _add(self, now_s, raw_lines):
        with self._more:
            for raw in raw_lines:
                text = _ESCAPES.sub(b"", raw).decode(errors="replace").rstrip("\r")
                # A carriage return inside means that the line was written over: the last state counts.
                text = text.rsplit("\r", 1)[-1]
                self.lines.append(Line(now_s, text))
                self.on_line(text)
                if self._log:
                    self._log.write(f"{now_s:12.3f} {text}\n")
            self._more.notify_all()
