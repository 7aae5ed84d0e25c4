# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian guest with nvresume in it, and what is done with it: set_up, save, resume."""

import json
import re
import shutil

from . import debian_guest, phases, workload
from .machine import BOOT_TIMEOUT_S, Machine
from .places import BUILD, TESTS, TOP, ToolFailed, say, tool

SAVE_TIMEOUT_S = 300
PROGRAM = TOP / "build/resume/nvresume"


def build_disk(path):
    """A Debian disk with this tree's nvresume and the workload. Its initramfs and grub.cfg are made here, natively, by
    the guest's own dracut and update-grub: inside an emulated guest they take minutes."""
    tree = BUILD / "nvresume-tree"
    shutil.rmtree(tree, ignore_errors=True)
    tool("make", "--no-print-directory", "-C", TOP, "install", f"DESTDIR={tree}")
    trees = [tree, workload.tree(), TESTS / "guest/workload"]
    debian_guest.build(path, trees, ["nvresume setup --files-only", "update-grub"])
    return path


class NvresumeGuest(Machine):
    def set_up(self):
        """From a first boot to a formatted range: `nvresume setup`, then a boot through the stage."""
        self.boot()
        say("in the guest: nvresume setup --yes")
        print(_indent(self.check("nvresume setup --yes", 600)), flush=True)
        self.power_off()
        self.boot()
        self.assert_booted_through_stage()

    def assert_booted_through_stage(self):
        """Firmware → our Boot#### entry → the stage → GRUB with its own grub.cfg → kernel."""
        self.wait_for(r"^nvresume: stage", 1)
        entries = self.check("efibootmgr")
        current = re.search(r"^BootCurrent: (\w{4})$", entries, re.M)
        ours = re.search(r"^Boot(\w{4})\*? nvresume\b", entries, re.M)
        if not current or not ours or current[1] != ours[1]:
            raise ToolFailed(f"BootCurrent is not our entry:\n{entries}")
        # Only grub.cfg knows both: GRUB sets BOOT_IMAGE, the drop-in that update-grub read has resume=.
        arguments = self.check("cat /proc/cmdline")
        if "BOOT_IMAGE=" not in arguments or "resume=/dev/NVM_SWAP" not in arguments:
            raise ToolFailed(f"GRUB did not run its own grub.cfg: {arguments}")
        swaps = self.check("cat /proc/swaps")
        if "nvm_swap0" not in swaps:
            raise ToolFailed(f"the NVM is no swap yet:\n{swaps}")

    def save(self, command="systemctl hibernate"):
        """Until QEMU ends by itself; returns the seconds from the command to there."""
        start = len(self.console.lines)
        began_s = self.now_s()
        self.saving = self.agent.start(command)
        # A save that was refused says so, and then no power-off will come.
        while self.alive():
            try:
                _, line, _ = self.wait_for(r"^nvresume: (save: |not powered off|stopping)", 2, start)
            except TimeoutError:
                if self.now_s() - began_s > SAVE_TIMEOUT_S:
                    raise TimeoutError(f"the machine did not power off within {SAVE_TIMEOUT_S} s of `{command}`") from None
                continue
            raise ToolFailed(line.text)
        return self.wait_power_off(5) - began_s

    def inspect(self, *options):
        """What lies in the NVM, by this tree's own program on the file behind the NVDIMM. REQUIRES: the machine is off."""
        return json.loads(tool(PROGRAM, "inspect", "--json", *options, self.parts.nvdimm))

    def resume(self):
        """Power on, up to the first workload line after the stage's first: (hand-off Line, State)."""
        self.power_on()
        index, handoff, _ = self.wait_for(r"^nvresume: stage", BOOT_TIMEOUT_S)
        first, line, _ = self.wait_for(rf"{workload.LINE}|guest: multi-user", BOOT_TIMEOUT_S, index)
        if "multi-user" in line.text:
            raise ToolFailed("the machine booted normally instead of resuming")
        return handoff, workload.next_state(self, first)

    def boot_phases(self):
        """This boot's way and phases: ("cold", "initramfs" or "direct", {phase: seconds})."""
        lines = self.boot_lines()
        if any("initrd-switch" in line.text for line in lines):
            return "cold", phases.cut(lines, self.on_at_s, phases.COLD)
        path = phases.path_of(lines)
        marks = phases.DIRECT if path == "direct" else phases.THROUGH_INITRAMFS
        return path, phases.cut(lines, self.on_at_s, marks)


def _indent(text):
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")
