# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes back after a resume before a program asks for it: the same program's memory read page by page, with `nvresume
swapin` and without, by turns in one small guest that is fuller than a snapshot holds."""

import re
import statistics

from harness import held_memory
from harness.places import say

# Of the guest's memory. A snapshot holds 47 % here, and kernel and initramfs take about 14.
ANONYMOUS_PERCENT, TMPFS_PERCENT, HOT_PERCENT = 65, 3, 50
WAYS = ("no", "yes")
PARTS = ("hot", "all")
WAIT_UNTIL_BACK = "while ! [ -e /run/nvresume/swapin ]; do sleep 0.2; done; nvresume status"
BACK = r"^back from swap: (\d+) of (\d+) MiB in ([\d.]+) s"
SWAPPED_OUT = r"^nvresume: swapped out (\d+)"
BEGIN = "<!-- Swap-in: written by `make bench-swapin` -->"
END = "<!-- Swap-in: end -->"


def measure(fixture, rounds):
    """One row a round and way, in the small guest."""
    with fixture.machine:
        fixture.boot()
        memory_mib = held_memory.memory_mib(fixture)
        held_memory.hold(fixture, memory_mib * ANONYMOUS_PERCENT // 100, memory_mib * TMPFS_PERCENT // 100, HOT_PERCENT)
        fixture.start_workload()
        rows = [_one(fixture, way) for number in range(rounds) for way in (WAYS if number % 2 == 0 else WAYS[::-1])]
        held_memory.expect_whole(fixture)
    return {"memory_mib": memory_mib, "rows": rows}


def _one(fixture, way):
    # Each round begins alike: all of it in memory, the hot part used last.
    held_memory.ask(fixture, "rest")
    held_memory.touch(fixture, "all")
    fixture.check(f"rm -f /run/nvresume/swapin; sed -i /^swapin=/d /etc/nvresume.conf; echo swapin={way} >>/etc/nvresume.conf")
    held_memory.touch(fixture, "hot")
    fixture.save()
    _, _, swapped = fixture.expect_line(SWAPPED_OUT, fixture.machine.boot_start)
    fixture.power_on()
    fixture.expect_resumed()
    row = {"swapin": way, "swapped_out_mib": int(swapped[1])}
    if way == "yes":
        back = re.search(BACK, fixture.check(WAIT_UNTIL_BACK), re.M)
        row |= {"back_mib": int(back[1]), "back_s": float(back[3])}
    for part in PARTS:
        row[part] = held_memory.touch(fixture, part)._asdict()
    say(f"swapin={way}: {row}")
    return row


def section(data):
    """Of docs/bench.md, between its two markers."""
    rows = data["rows"]
    back = [row for row in rows if row["swapin"] == "yes"]
    lines = [
        "## After the resume\n",
        f"`make bench-swapin`: a guest with {data['memory_mib']} MiB of memory, of which a program holds {ANONYMOUS_PERCENT} % in pages that do not "
        f"compress and {TMPFS_PERCENT} % in a tmpfs; it used half of its pages last. A save swaps out {_median(rows, 'swapped_out_mib'):.0f} MiB; "
        f"{len(back)} rounds each way by turns, medians. With `nvresume swapin`, {_median(back, 'back_mib'):.0f} MiB come back "
        f"in the background in {_median(back, 'back_s'):.1f} s (256 MiB a second at most). Then the program reads a byte of every page:\n",
        "| | major faults | minor faults | seconds |\n|---|---:|---:|---:|",
    ]
    for part, title in (("hot", "the half used last"), ("all", "the rest")):
        for way, words in (("no", "without"), ("yes", "with swapin")):
            chosen = [row[part] for row in rows if row["swapin"] == way]
            figures = [_median(chosen, key) for key in ("major", "minor", "ns")]
            lines.append(f"| {title}, {words} | {figures[0]:.0f} | {figures[1]:.0f} | {figures[2] / 1e9:.2f} |")
    return "\n".join(lines) + "\n"


def put(page, text):
    """`page` with its section replaced, or put behind what is there."""
    block = f"{BEGIN}\n{text}{END}\n"
    if BEGIN not in page:
        return f"{page.rstrip()}\n\n{block}"
    before, _, rest = page.partition(BEGIN)
    return before + block + rest.partition(f"{END}\n")[2]


def _median(rows, key):
    return statistics.median(row[key] for row in rows)
