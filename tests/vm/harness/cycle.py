# SPDX-License-Identifier: GPL-2.0-or-later
"""One save, power-off, power-on and resume, with what must have come through it."""

import json

from . import workload
from .places import ToolFailed, say

# The workload goes on for this many lines after a resume before a cycle counts as good.
TICKS_AFTER = 5


def run(guest, path="initramfs", command="systemctl hibernate"):
    """Returns the cycle's entry in the report; raises where anything was lost, or where it came back another way than `path`."""
    guest.wait_for(workload.LINE, 60, len(guest.console.lines))
    boot_id = guest.check("cat /proc/sys/kernel/random/boot_id").strip()
    save_s = guest.save(command)
    before = workload.last_state(guest)
    image = guest.inspect()
    image_bytes, stored_bytes = _number(image, "raw_bytes"), _number(image, "stored_bytes")
    say(f"saved and powered off after {save_s:.1f} s: {image_bytes >> 20} MiB as {stored_bytes >> 20} MiB; counter {before.counter}")

    handoff, after = guest.resume()
    going_on = _follow(guest, after)
    way, phases = guest.boot_phases()
    if way != path:
        raise ToolFailed(f"the session came back by the {way} way: {_refusal(guest)}")
    cycle = {
        "path": path,
        "command": command,
        "nonce_ok": after.nonce == before.nonce,
        "boot_id_ok": boot_id == before.boot_id == after.boot_id,
        "connection_ok": going_on.connection == "ok",
        "file_ok": going_on.file == "ok",
        "shell_ok": going_on.shell == "ok",
        "counter_before": before.counter,
        "counter_after": after.counter,
        "image_bytes": image_bytes,
        "stored_bytes": stored_bytes,
        "save_s": round(save_s, 3),
        "load_s": _load_seconds(guest, path),
        "phases": phases,
        "handoff_to_session_s": round(after.at_s - handoff.at_s, 3),
    }
    say(f"resumed ({path}): counter {after.counter}, {cycle['handoff_to_session_s']:.1f} s from hand-off to session")
    lost = [name for name, value in cycle.items() if name.endswith("_ok") and not value]
    # The snapshot is taken after the last line: the counter is that line's or the next.
    if not before.counter < after.counter <= before.counter + 2:
        lost.append("counter")
    if lost:
        raise ToolFailed(f"not come through: {', '.join(lost)}: {before} → {after}")
    _finish_save(guest, command)
    return cycle


def _follow(guest, state):
    for _ in range(TICKS_AFTER):
        index = next(i for i, line in enumerate(guest.console.lines) if line.at_s == state.at_s and f"counter={state.counter} " in line.text)
        following = workload.next_state(guest, index + 1)
        # The kernel's own lines may have garbled one or two on the serial line.
        if following.nonce != state.nonce or not state.counter < following.counter <= state.counter + 3:
            raise ToolFailed(f"the counter went from {state.counter} to {following.counter}")
        state = following
    return state


def _refusal(guest):
    for line in guest.boot_lines():
        if line.text.startswith("nvresume: not direct: "):
            return line.text
    return "the stage did not refuse"


def _finish_save(guest, command):
    """The command that saved returns in the resumed world."""
    result = guest.agent.finish(guest.saving, 60)
    if result.status != 0:
        raise ToolFailed(f"`{command}` ended with status {result.status} after the resume\n{result.output}")


def _load_seconds(guest, path):
    """From the image's first byte to the last page in place and verified."""
    phases = json.loads(guest.check("nvresume inspect --json"))["attempts"][-1]["phases_s"]
    return round(phases["place"] + phases["decode"] if path == "direct" else phases["load"], 3)


def _number(report, key):
    """The number under `key`, wherever it stands in the report."""
    if isinstance(report, dict):
        if isinstance(report.get(key), int):
            return report[key]
        for value in report.values():
            found = _number(value, key)
            if found is not None:
                return found
    return None
