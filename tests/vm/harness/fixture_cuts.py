# SPDX-License-Identifier: GPL-2.0-or-later
"""Power cuts with their verdict: what the NVM holds at the cut decides what the next boot must do, the file systems are clean
before and after it, and every file that was synced is there."""

import os
import random
import re
import shutil
import time
from typing import Callable, NamedTuple

from . import disk, fixture_direct, fixture_guests, small_guest, workload
from .fixture import Failed
from .fixture_guests import once
from .nvm_watch import NvmWatch
from .places import tool
from .slow_motion import SlowMotion, processor_s

SEED = int(os.environ.get("NVRESUME_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
SYNCED = r"^synced: (\d+)$"
# One numbered file after the other, each told once it and its name are on the disk.
WRITER = """
mkdir -p /data/synced
i=$(ls /data/synced | sort -n | tail -n 1)
while :; do
  i=$((i + 1))
  echo $i | dd of=/data/synced/$i conv=fsync 2>/dev/null && echo "synced: $i" >/dev/console
  sleep 0.1
done
"""
# The reason that docs/format.md has for a boot that finds this state.
REASONS = {"empty": "no-image", "failed": "no-image", "writing": "save-cut-short", "consumed": "consumed"}
ANOTHER_ENTRY = "efibootmgr -q -c -d /dev/vda -p 1 -L other -l '\\EFI\\debian\\grubx64.efi'"
# A point that the host looked at too late is tried again, on a machine that is there again.
TRIES = 3


def start_session(fixture):
    """The session that a cut must not harm: the workload, and the writer of synced files."""
    fixture.start_workload()
    fixture.check(f"cat >/run/writer <<'END'\n{WRITER}END\nsetsid sh /run/writer >/dev/null 2>&1 </dev/null & echo $! >/run/writer.pid")
    fixture.expect_line(SYNCED)


@once
def saved():
    """The small guest with that session saved, the machine off."""
    return _saved("small-cuts", lambda fixture: None)


@once
def saved_behind_another():
    """The same on a machine whose first boot entry starts the loader without the stage."""
    return _saved("small-cuts-behind", lambda fixture: fixture.check(ANOTHER_ENTRY))


@once
def saved_direct():
    """The same after `nvresume trial`."""
    return _saved("small-cuts-direct", fixture_direct.try_out)


def _saved(name, before_the_save):
    fixture = fixture_guests.clone(fixture_guests.small_ready(), name)
    fixture.boot()
    start_session(fixture)
    before_the_save(fixture)
    fixture.save()
    return fixture


def processor_s_between(prepared, first, second):
    """Processor time of a boot that is cut at the second line: nearly the same whatever else the host does."""
    fixture = fixture_guests.clone(prepared, f"{prepared.machine.parts.directory.name}-measured")
    fixture.power_on()
    fixture.expect_line(first)
    slowly = SlowMotion(fixture.machine)
    begin_s = processor_s(fixture.machine)
    slowly.run_until(fixture, second)
    end_s = processor_s(fixture.machine)
    fixture.cut_power()
    fixture.close()
    return end_s - begin_s


class Found(NamedTuple):
    """What the NVM may say at a cut."""

    states: tuple  # any of them: more than one where two stores are microseconds apart
    behind: tuple = ()  # what comes after them: the host looked too late. Every other state is a fault

    def __str__(self):
        return " or ".join(self.states)


LOADING = Found(("committed",), ("consumed", "empty"))
CONSUMING = Found(("committed", "consumed"), ("empty",))
CONSUMED = Found(("consumed",), ("empty",))
SETTLING = Found(("consumed", "empty"))
SETTLED = Found(("empty",))
TAKING_BACK = Found(("committed", "failed"))
DROPPED = Found(("failed",))
BEGINNING = Found(("empty", "failed", "writing"), ("committed",))  # first what the boot before it left
STORING = Found(("writing",), ("committed",))
COMMITTING = Found(("writing", "committed"))
COMMITTED = Found(("committed",))


class Point(NamedTuple):
    """A moment: after this line, then when the NVM shows this, then somewhere in this window."""

    name: str
    summary: str
    found: Found
    line: str | None = None
    moment: Callable | None = None
    window_s: tuple = (0, 0)
    processor_time: bool = False  # the window is of the machine's processor time
    slowly_to: str | None = None  # from the line on the machine runs in slices, up to this one
    may_be_off: bool = False  # it may have been quicker
    tries_before: int = 0


class Cut(NamedTuple):
    landed: bool  # at the point, not behind it
    resumed: bool
    told: str  # for people


def cut_at(fixture, point, start=None):
    """The plug pulled there. Returns what chance added, for people, and whether the machine was still on."""
    fixture.phase = f"power cut: {point.name}"
    watch = NvmWatch(fixture.machine.parts.nvdimm) if point.moment else None
    offset_s = random.Random(f"{SEED} {point.name} {point.tries_before}").uniform(*point.window_s)
    if point.line:
        fixture.expect_line(point.line, start)
    if point.slowly_to:
        SlowMotion(fixture.machine).run_until(fixture, point.slowly_to)
    if watch:
        watch.wait(point.moment, fixture)
    if point.processor_time:
        SlowMotion(fixture.machine).run_for(fixture, offset_s)
    elif offset_s:
        time.sleep(offset_s)
    on = fixture.machine.alive()
    if on:
        fixture.cut_power()
    else:
        fixture.machine.wait_power_off(1)
    unit = "s of its processors' time" if point.processor_time else "s"
    return f"{offset_s:.3f} {unit} later (seed {SEED}); " if offset_s else "", on or point.may_be_off


def until_it_lands(point, attempt):
    """`attempt(point)` makes a cut there, has it judged and returns it. What the product must do is asked of every cut, of one that
    came behind its point, too; only the point is then still to be seen."""
    behind = []
    while len(behind) < TRIES:
        cut = attempt(point._replace(tries_before=len(behind)))
        if cut.landed:
            return cut._replace(told="; before that, too late: ".join([cut.told, *behind]))
        behind.append(cut.told)
    raise Failed(f"power cut: {point.name}", f"{point.found} at the cut, once in {TRIES} tries, but: {'; '.join(behind)}")


def expect_all_well(fixture, point, when, on=True, prepared=None):
    """After the cut; ends with the machine up. `prepared`: the machine this one is a clone of, which wrote files too."""
    fixture.saved = workload.last_state(fixture.machine) or fixture.saved
    count = expect_files(fixture, prepared, replay=True)
    state, shown = state_of(fixture)
    fixture.expect(state in point.found.states + point.found.behind, f"{point.found} at {point.name}, found {shown}")
    if state == "failed":
        expect_drop_logged(fixture)
    outcome = expect_boot(fixture, state)
    if outcome == "resumed":
        fixture.expect_line(SYNCED, len(fixture.machine.console.lines))  # the writer goes on
    allowed = f" ({point.found} may be)" if len(point.found.states) > 1 else ""
    told = f"{when}{shown}{allowed}; {count} synced files there → {outcome}"
    return Cut(on and state in point.found.states, outcome == "resumed", told)


def expect_clean_end(fixture, prepared=None):
    """The file system unmounted, and the machine off."""
    fixture.phase = "unmount"
    fixture.check("kill $(cat /run/writer.pid) 2>/dev/null; killall workload 2>/dev/null; sync; umount /data")
    fixture.cut_power()
    expect_files(fixture, prepared, replay=False)


def state_of(fixture):
    """The state that counts, and both copies for people."""
    found = fixture.inspect_file()
    copies = [copy.get("state", copy["condition"]) for copy in found["copies"]]
    return found["superblock"]["state"], "/".join(copies)


def expect_drop_logged(fixture):
    """Why the image was dropped stands in the log by then: `nvresume status` tells it."""
    found = fixture.inspect_file()
    reason = found["superblock"]["reason"]
    reasons = [attempt["reason"] for attempt in found["attempts"]]
    fixture.expect(reason in reasons, f"an attempt with the reason {reason} in the log, found {reasons}")


def expect_boot(fixture, state):
    """What the next boot must come to; returns what it came to."""
    if state == "committed":
        signature = NvmWatch(fixture.machine.parts.nvdimm).signature()
        fixture.expect(signature.startswith(b"ULSUSPEND"), f"an image under ULSUSPEND, found {signature}")
        fixture.power_on()
        fixture.expect_resumed()
        return "resumed"
    reason = REASONS[state]
    fixture.power_on()
    if reason == "no-image":
        fixture.expect_no_image()
    else:
        fixture.expect_refusal(reason)
    fixture.expect_image_gone()
    return f"normal boot: {reason}"


def expect_files(fixture, prepared, replay):
    """The data partition, copied while the machine is off: clean, and every file there whose sync was told. `replay`: after a
    cut, whose journal is played first, as a mount would. Returns how many files."""
    fixture.phase = "file system after the cut" if replay else "file system in the end"
    directory = fixture.machine.parts.directory / "data"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    image = directory / "partition"
    parts = fixture.machine.parts
    tool(
        "qemu-img", "convert", "-O", "raw", "--image-opts",
        f"driver=raw,offset={disk.ROOT_OFFSET},size={small_guest.DATA_BYTES},file.driver={parts.disk_format},file.file.filename={parts.disk}",
        image,
    )
    if replay:
        tool("e2fsck", "-p", "-E", "journal_only", image)
    tool("e2fsck", "-fn", image)
    tool("debugfs", "-R", f"rdump /synced {directory}", image)
    told = synced_files(fixture) | (synced_files(prepared) if prepared else set())
    found = {path.name: path.read_text() for path in (directory / "synced").iterdir()}
    lost = sorted((number for number in told if found.get(number) != f"{number}\n"), key=int)
    fixture.expect(not lost, f"every synced file, but lost: {', '.join(lost)}")
    fixture.expect(told, "at least one synced file")
    shutil.rmtree(directory)
    return len(told)


def synced_files(fixture):
    matches = (re.search(SYNCED, line.text) for line in fixture.machine.console.lines)
    return {match[1] for match in matches if match}


@once
def saved_frames_end():
    """Where in the slot the frames of this session's image end."""
    nvm = saved().nvm
    return max(chunk.offset_bytes + chunk.stored_bytes for chunk in nvm.chunks()) - nvm.superblock().slot_offset_bytes
