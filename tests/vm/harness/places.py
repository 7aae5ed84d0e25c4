# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things lie, and how a tool is called."""

import os
import pathlib
import signal
import subprocess
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
TOP = TESTS.parent.parent
BUILD = pathlib.Path(os.environ.get("NVRESUME_BUILD", TOP / "build")) / "vm"
CACHE = pathlib.Path(
    os.environ.get("NVRESUME_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "nvresume"
)

_started_s = time.monotonic()


def say(text):
    """One line of visible progress, with the seconds since the program started."""
    print(f"[{time.monotonic() - _started_s:6.1f}s] {text}", flush=True)


def tool(*command, **options):
    """Runs a tool; on failure its whole output is in the error."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.STDOUT)
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    environment["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:" + environment.get("PATH", "/usr/bin:/bin")
    options.setdefault("env", environment)
    options.setdefault("text", True)
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, **options)
    except FileNotFoundError as error:
        raise ToolFailed(f"{command[0]} is not installed") from error
    if done.returncode != 0:
        raise ToolFailed(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout or ''}".rstrip())
    return done.stdout


class ToolFailed(Exception):
    pass


def main_guard(body):
    """Runs a program's body: a known failure is one message and exit status 1, never a traceback."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(body())
    except (ToolFailed, TimeoutError) as error:
        print(f"{pathlib.Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def kernel_release():
    """The guest runs the kernel whose headers are installed here: the module is built against them."""
    depends = tool("dpkg-query", "-f", "${Depends}", "-W", "linux-headers-amd64")
    for name in depends.replace(",", " ").split():
        if name.startswith("linux-headers-"):
            return name.removeprefix("linux-headers-")
    raise ToolFailed(f"linux-headers-amd64 depends on no linux-headers-…: {depends}")
