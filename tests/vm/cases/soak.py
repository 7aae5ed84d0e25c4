# SPDX-License-Identifier: GPL-2.0-or-later
"""One guest saved and resumed over and over, by both ways in turns, at work all the time. NVRESUME_SOAK_CYCLES: how often."""

import json
import os

from harness import cycle, debian_guest, fixture_after, soak_debian, soak_work
from harness.fixture_cases import FAULTS, LONG, case
from harness.places import BUILD, say

CYCLES = int(os.environ.get("NVRESUME_SOAK_CYCLES", "25"))
KEPT = BUILD / "soak-cycles.json"
WAYS = (("initramfs", "nvresume trial --off"), ("direct", "nvresume trial --auto"))
COMMANDS = ("systemctl hibernate", "nvresume save")


@case(LONG, FAULTS, part="soak")
def soak(make):
    """25 cycles by turns; arrays in memory, PostgreSQL under pgbench and an ext4 writer at work through every save."""
    fixture = make.clone(soak_debian.ready())
    fixture.boot()
    fixture.phase = "trial"
    cycle.run(fixture.machine, "direct", "nvresume trial")
    fixture.phase = "start of the work"
    work = soak_work.start(fixture)
    warnings = fixture_after.count_warnings(fixture)
    done = []
    for number in range(1, CYCLES + 1):
        done.append(one_cycle(fixture, number, work, warnings))
        KEPT.write_text(json.dumps(done, indent=1) + "\n")
        tell(make, number, done[-1])
    fixture.phase = "end of the work"
    soak_work.stop(fixture)
    fixture.expect_equal("failed units", fixture.check("systemctl --failed --no-legend --plain"), "")
    end(fixture)
    make.note(f"{CYCLES} cycles, {done[-1]['transactions']} transactions, {done[-1]['files']} files")


def one_cycle(fixture, number, work, warnings):
    """Saved with a transaction open, resumed by the way of this turn, and everybody goes on."""
    path, choose_path = WAYS[number % 2 - 1]
    command = COMMANDS[(number - 1) // 2 % 2]
    fixture.phase = f"cycle {number} ({path}, {command}): save and resume"
    fixture.check(choose_path)
    ledger, arrays, files = work
    held = ledger.hold(number)
    entry = cycle.run(fixture.machine, path, command)
    fixture.phase = f"cycle {number} ({path}, {command}): after the resume"
    ledger.release(number, held)
    for one in work:
        one.expect_going_on()
    fixture.expect_equal("warnings in the kernel's log", fixture_after.count_warnings(fixture), warnings)
    return {**entry, "transactions": ledger.transactions, "generation": arrays.count, "files": files.count}


def tell(make, number, entry):
    text = (
        f"{entry['path']}, `{entry['command']}`: {entry['image_bytes'] >> 20} MiB saved in {entry['save_s']:.1f} s, session "
        f"{entry['handoff_to_session_s']:.1f} s after the firmware; {entry['transactions']} transactions, generation "
        f"{entry['generation']} of the arrays, {entry['files']} files: nothing wrong"
    )
    say(f"cycle {number} of {CYCLES}: {text}")
    make.row(f"cycle {number}", text)


def end(fixture):
    """An orderly power-off leaves clean file systems; the next boot finds the database and the files whole."""
    fixture.power_off()
    fixture.phase = "file systems"
    debian_guest.check_root(fixture.machine.parts)
    fixture.boot()
    fixture.phase = "after the last boot"
    fixture.expect_image_gone()
    fixture.check(f"{soak_work.IN_GUEST}/files --verify /var/lib/soak")
    fixture.check("systemctl start soak-psql@watcher")
    ledger = soak_work.Ledger(fixture)
    ledger.expect_consistent()
    ledger.expect_held(CYCLES)
    fixture.power_off()
