# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with verbs: power_on, run, wait_for, power_off_wait, cut_power. What it is made of outlives every power-off."""

import atexit
import copy
import dataclasses
import pathlib
import shutil
import time

from . import qemu
from .agent import Agent
from .console import Console
from .hardware import Hardware
from .places import BUILD, ToolFailed, tool

GIB = 1 << 30

# Hang guards, not expectations: a loaded two-core host under TCG needs a fraction of each.
BOOT_TIMEOUT_S = 300
COMMAND_TIMEOUT_S = 120


@dataclasses.dataclass
class Parts:
    name: str
    directory: pathlib.Path
    disk: pathlib.Path
    disk_format: str
    variables: pathlib.Path
    nvdimm: pathlib.Path | None
    memory_mib: int = 1024
    label_bytes: int = 0  # of the NVDIMM's namespace labels
    hardware: Hardware = dataclasses.field(default_factory=Hardware)
    extra: list = dataclasses.field(default_factory=list)
    before_power_on: list = dataclasses.field(default_factory=list)  # called, each, when the machine is switched on


class Machine:
    """`name`'s files lie in build/vm/NAME and are made anew, unless `keep` is true."""

    def __init__(self, name, disk, nvdimm_bytes=2 * GIB, memory_mib=1024, accelerator=None, extra=(), keep=False):
        directory = BUILD / name
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)
        self.parts = Parts(
            name, directory, directory / "disk.qcow2", "qcow2", directory / "variables.fd",
            directory / "nvdimm" if nvdimm_bytes else None, memory_mib, extra=list(extra),
        )
        if not keep:
            make_overlay(self.parts.disk, disk)
            qemu.new_firmware_variables(self.parts.variables)
            if nvdimm_bytes:
                make_sparse(self.parts.nvdimm, nvdimm_bytes)
        self.accelerator = accelerator or qemu.TCG
        self.qemu = None
        self.on_at_s = 0.0
        self.boot_start = 0  # index of the console's first line since the last power-on
        self.console = Console(directory / "console", directory / "console.log")
        self.agent_line = Console(directory / "agent", directory / "agent.log")
        self.agent = Agent(self.agent_line, self.alive)
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.cut_power()
        self.console.close()
        self.agent_line.close()

    def clone(self, name):
        """Another machine that starts where this one stands. REQUIRES: this one is off, and stays so."""
        other = type(self)(name, self.parts.disk, 0, self.parts.memory_mib, self.accelerator, self.parts.extra)
        other.parts.hardware = copy.copy(self.parts.hardware)
        shutil.copyfile(self.parts.variables, other.parts.variables)
        if self.parts.nvdimm:
            other.parts.nvdimm = other.parts.directory / "nvdimm"
            copy_sparse(self.parts.nvdimm, other.parts.nvdimm)
        return other

    # Power

    def power_on(self):
        if self.alive():
            raise ToolFailed(f"{self.parts.name} is on already")
        self.console.note("power on")
        self._mark_boot()
        for prepare in self.parts.before_power_on:
            prepare()
        self.on_at_s = time.monotonic()
        self.qemu = qemu.Qemu(self.parts, self.accelerator)

    def alive(self):
        return self.qemu is not None and self.qemu.alive()

    def wait_power_off(self, timeout_s=BOOT_TIMEOUT_S):
        """Waits for the guest to switch itself off; returns when that was."""
        self.qemu.wait(timeout_s)
        off_at_s = time.monotonic()
        self._drain()
        self.console.note("power off")
        return off_at_s

    def cut_power(self):
        if self.alive():
            self.qemu.kill()
            self._drain()
            self.console.note("power cut")

    def keep_registers(self):
        """Where its processors stand, three times, into the file `registers`: what is left to know of a machine that hangs."""
        if not self.alive():
            return
        with open(self.parts.directory / "registers", "w") as file:
            for _ in range(3):
                file.write(self.qemu.monitor("info registers -a"))
                time.sleep(0.2)

    def power_off(self):
        """An orderly shutdown."""
        self.agent.start("sync; systemctl poweroff || poweroff -f")
        self.wait_power_off()

    # What the guest does

    def wait_for(self, pattern, timeout_s=BOOT_TIMEOUT_S, start=None):
        """The first console line of this boot that matches: (index, Line, match)."""
        start = self.boot_start if start is None else start
        return self.console.wait_for(pattern, timeout_s, start, self.alive)

    def wait_up(self, timeout_s=BOOT_TIMEOUT_S):
        """Up to the guest's last boot marker and the agent ready; returns the boot id."""
        self.wait_for(r"(guest: multi-user|small: up)", timeout_s)
        return self.agent.wait_ready(timeout_s, self.agent_start)

    def boot(self, timeout_s=BOOT_TIMEOUT_S):
        self.power_on()
        return self.wait_up(timeout_s)

    def reboot(self, timeout_s=BOOT_TIMEOUT_S):
        """The guest restarts itself, through the firmware. QEMU ends where it would reset the machine, and a new one goes
        on: QEMU 7.2 keeps what it translated, and every byte the firmware unpacks over a page that many processes ran
        code of was then seen to take a tenth of a second."""
        start = len(self.console.lines)
        self.qemu.qmp("set-action", reboot="shutdown")
        self.agent.start("systemctl reboot || reboot -f")
        self.wait_power_off(timeout_s)
        self.wait_for(r"reboot: Restarting system", 1, start)
        self.power_on()
        return self.wait_up(timeout_s)

    def wait_reset(self, timeout_s=BOOT_TIMEOUT_S):
        """Something resets the machine: firmware starts anew."""
        self.wait_for("nvresume: stage", timeout_s, len(self.console.lines))
        self._mark_boot()

    def run(self, command, timeout_s=COMMAND_TIMEOUT_S):
        return self.agent.run(command, timeout_s)

    @staticmethod
    def now_s():
        """The clock of every Line's `at_s`."""
        return time.monotonic()

    def check(self, command, timeout_s=COMMAND_TIMEOUT_S):
        """As `run`, but must succeed; returns what it printed."""
        result = self.run(command, timeout_s)
        if result.status != 0:
            raise ToolFailed(f"in the guest: {command}: exit status {result.status}\n{result.output}".rstrip())
        return result.output

    def boot_lines(self):
        return self.console.lines[self.boot_start :]

    def _drain(self):
        self.console.drain()
        self.agent_line.drain()

    def _mark_boot(self):
        self.boot_start = len(self.console.lines)
        self.agent_start = len(self.agent_line.lines)


def make_overlay(path, backing):
    backing = pathlib.Path(backing).resolve()
    backing_format = "qcow2" if backing.suffix == ".qcow2" else "raw"
    tool("qemu-img", "create", "-q", "-f", "qcow2", "-b", backing, "-F", backing_format, path)


def make_sparse(path, size_bytes):
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(size_bytes)


def copy_sparse(source, target):
    tool("cp", "--sparse=always", "--reflink=auto", source, target)
