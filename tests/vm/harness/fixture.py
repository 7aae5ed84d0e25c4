# SPDX-License-Identifier: GPL-2.0-or-later
"""What the cases are written in: a machine with nvresume set up in it, and verbs. A verb that says `expect` fails the case
with what was expected and what came instead."""

import json
import re
import time

from . import workload
from .agent import Result
from .fixture_nvm import NvmFile
from .places import TOP, ToolFailed, tool

REFUSAL = r"^nvresume: not resuming: ([a-z-]+): (.*); booting normally"
PANIC = "Kernel panic - not syncing"
# Ten times a cold boot: a machine that has not come up by then hangs.
HANG_FACTOR = 10
PROGRAM = TOP / "build/resume/nvresume"


class Failed(Exception):
    """A case's expectation did not hold."""

    def __init__(self, phase, expected):
        super().__init__(expected)
        self.phase = phase


class Fixture:
    def __init__(self, machine, arguments, cold_boot_s):
        self.machine = machine
        self.arguments = arguments
        self.cold_boot_s = cold_boot_s
        self.image_s = 0  # what an unusually large image may take on top of the hang guard
        self.phase = "start"
        self.saving = None
        self.saving_result = None
        self.ended_early = None  # the saving command's result where it did not wait for the save
        self.saved = None  # the workload's last state before the machine went off

    @property
    def nvm(self):
        return NvmFile(self.machine.parts.nvdimm)

    @property
    def guard_s(self):
        return HANG_FACTOR * self.cold_boot_s + self.image_s

    # Verbs

    def power_on(self, arguments="", script=""):
        """`arguments` for the kernel's command line, `script` for GRUB, at this one boot."""
        self.phase = "power on"
        self.arguments.write(f"set arguments='{arguments}'\n{script}")
        self.machine.power_on()

    def boot(self, arguments="", script=""):
        """Power on, and up by an ordinary boot."""
        self.power_on(arguments, script)
        self.expect_up()

    def start_workload(self):
        self.phase = "workload"
        self.saved = workload.start(self.machine)
        return self.saved

    def save(self, command="nvresume save", meanwhile=lambda: None):
        """Saves; ends with the machine off. What the command prints after the resume: `self.saving`."""
        self.phase = "save"
        start = len(self.machine.agent_line.lines)
        self.saving = self.machine.agent.start(command)
        meanwhile()
        off_s = self.machine.wait_power_off(self.guard_s)
        self.ended_early = self._ended(start)
        self.saved = workload.last_state(self.machine) or self.saved
        return off_s

    def try_to_save(self, command):
        """None where the machine went off, as after `save`; else the result of the save that failed."""
        self.phase = "save"
        self.saving = self.machine.agent.start(command)
        try:
            return self.machine.agent.finish(self.saving, self.guard_s)
        except TimeoutError:
            self.expect(not self.machine.alive(), "the save to end, or the machine to go off")
        self.machine.wait_power_off(self.guard_s)
        self.ended_early = None
        self.saved = workload.last_state(self.machine) or self.saved
        return None

    def power_off(self):
        self.phase = "power off"
        self.machine.power_off()

    def cut_power(self):
        self.machine.cut_power()

    def cut_power_when(self, condition, timeout_s=None):
        """The plug pulled at a moment the NVM shows."""
        deadline_s = time.monotonic() + (timeout_s or self.guard_s)
        while not condition():
            if not self.machine.alive() or time.monotonic() > deadline_s:
                raise Failed(self.phase, "the moment to cut the power did not come")
            time.sleep(0.002)
        self.machine.cut_power()

    def run(self, command):
        return self.machine.run(command, self.guard_s)

    def check(self, command):
        return self.machine.check(command, self.guard_s)

    # What must be so

    def expect(self, holds, expected):
        if not holds:
            raise Failed(self.phase, expected)

    def expect_equal(self, what, found, expected):
        self.expect(found == expected, f"{what}: expected {expected!r}, found {found!r}")

    def expect_line(self, pattern, start=None):
        try:
            found = self.machine.wait_for(f"(?:{pattern})|{PANIC}", self.guard_s, start)
        except TimeoutError as error:
            raise Failed(self.phase, f"a console line {error}") from None
        self.expect(not re.search(PANIC, found[1].text), f"a console line `{pattern}`, but: {found[1].text}")
        return found

    def expect_no_line(self, pattern):
        for line in self.machine.boot_lines():
            self.expect(not re.search(pattern, line.text), f"no console line `{pattern}`, but: {line.text}")

    def expect_up(self):
        self.expect_line("guest: multi-user|small: up")
        return self.machine.wait_up(self.guard_s)

    def expect_resumed(self, command_status=0):
        """The same processes go on: nonce, boot id, counter, connection, files; and the saving command has returned."""
        self.phase = "resume"
        before = self.saved
        self.expect_line(rf"{workload.LINE}|guest: multi-user|small: up")
        self.expect_no_line("guest: multi-user|small: up")
        now = workload.next_state(self.machine, self.machine.boot_start, self.guard_s)
        for what in ("nonce", "boot_id", "connection", "file", "shell"):
            self.expect_equal(what, getattr(now, what), getattr(before, what))
        self.expect(
            before.counter <= now.counter <= before.counter + 8,
            f"the counter to go on: was {before.counter}, is {now.counter}",
        )
        self.phase = "after the resume"
        self.saving_result = self._end_of_saving()
        self.expect_equal(f"exit status of the saving command ({self.saving_result.output!r})", self.saving_result.status, command_status)
        self.expect_equal("boot id", self.boot_id(), before.boot_id)
        return now

    def _end_of_saving(self):
        """The saving command began before the power-off, in a clone even on another machine's line: only its end is here. One
        that only asks for the save (systemctl) has ended before it."""
        if self.ended_early:
            return self.ended_early
        try:
            return self._ended(self.machine.agent_start, self.guard_s)
        except TimeoutError:
            raise Failed(self.phase, "the saving command to return") from None

    def _ended(self, start, timeout_s=None):
        """The saving command's result; None where it has not come and is not waited for."""
        pattern = rf"^@@end {self.saving.id} (\d+)$"
        lines = self.machine.agent_line.lines
        if timeout_s:
            end, _, match = self.machine.agent_line.wait_for(pattern, timeout_s, start, self.machine.alive)
        else:
            found = ((i, re.search(pattern, lines[i].text)) for i in range(start, len(lines)))
            end, match = next(((i, match) for i, match in found if match), (None, None))
        return Result(int(match[1]), "".join(f"{line.text}\n" for line in lines[start:end])) if match else None

    def expect_refusal(self, reason, text=None):
        """This exact reason on the console and in the record; and the machine comes up."""
        self.phase = "refusal"
        self.expect_up()
        _, line, match = self.expect_line(REFUSAL)
        self.expect_equal(f"reason code in `{line.text}`", match[1], reason)
        if text:
            self.expect(re.search(text, match[2]), f"`{text}` in the refusal's text: {match[2]}")
        self.expect_recorded(reason)
        self.expect_fresh_boot()
        return match[2]

    def expect_no_image(self):
        """An ordinary boot that had nothing to resume: not told on the console, but recorded."""
        self.phase = "no image"
        self.expect_up()
        self.expect_no_line(REFUSAL)
        self.expect_recorded("no-image")
        self.expect_fresh_boot()

    def expect_recorded(self, reason):
        """In /run/nvresume/resume, from where `nvresume status` and the first unit read it."""
        record = dict(line.split("=", 1) for line in self.check("cat /run/nvresume/resume").splitlines())
        self.expect_equal("/run/nvresume/resume: reason", record.get("reason"), reason)
        self.expect_equal("/run/nvresume/resume: decision", record.get("decision"), "normal")

    def expect_fresh_boot(self):
        """Not the saved session, and no image left that a later boot could take."""
        if self.saved:
            self.expect(self.boot_id() != self.saved.boot_id, "another boot id than the saved session's")
        self.expect_no_line(r"^workload: ")

    def expect_image_gone(self):
        states = [copy.get("state", copy["condition"]) for copy in self.inspect()["copies"]]
        self.expect("committed" not in states, f"no committed superblock, found {states}")

    def expect_save_refused(self, reason, text=None, command="nvresume save"):
        """The save ends with this reason and the machine goes on."""
        self.phase = "save refused"
        result = self.run(command)
        match = re.search(r"nvresume: save: ([a-z-]+): (.*)", result.output)
        self.expect(result.status != 0, f"an exit status other than 0: {result.output}")
        self.expect(match, f"a line `nvresume: save: REASON: …`, found: {result.output}")
        self.expect_equal(f"reason code in `{match[0]}`", match[1], reason)
        if text:
            self.expect(re.search(text, match[2]), f"`{text}` in the refusal's text: {match[2]}")
        return result

    def boot_id(self):
        return self.check("cat /proc/sys/kernel/random/boot_id").strip()

    def inspect(self, options=""):
        """`nvresume inspect --json`; of a damaged image it also ends badly, which is not what is asked here."""
        result = self.run(f"nvresume inspect --json {options} 2>/dev/null")
        try:
            return json.loads(result.output)
        except ValueError:
            raise ToolFailed(f"nvresume inspect --json: {result.output}") from None

    def inspect_file(self, *options):
        """The same by this tree's own program, of the file behind the NVDIMM. REQUIRES: the machine is off."""
        return json.loads(tool(PROGRAM, "inspect", "--json", *options, self.machine.parts.nvdimm))

    def close(self):
        self.machine.close()
