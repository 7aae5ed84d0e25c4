# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves of machines whose memory is fuller than a snapshot can hold: what is too much goes to the NVM's swap area first, and
comes back."""

import re

from cases.resumes import MEMORY_LIMIT_KIB, MEMORY_LINE
from harness import fixture_direct, fixture_guests, held_memory
from harness.fixture_cases import LONG, MATRIX, VARIETY, Skipped, case
from harness.machine import GIB

# Of the guest's memory, which the kernel's half of it cannot hold.
ANONYMOUS_PERCENT, TMPFS_PERCENT = 80, 10
SWAPPED_OUT = r"^nvresume: swapped out (\d+) (?:of \d+ )?MiB"
PHASES = ("caches", "reclaim", "snapshot", "snapshot/alloc", "snapshot/copy", "store")
WAIT_FOR_SWAPIN = "while ! [ -e /run/nvresume/swapin ]; do sleep 0.2; done; nvresume status"


def crowded(make, group):
    fixture = make.ready()
    fixture.boot()
    memory_mib = held_memory.memory_mib(fixture)
    held_memory.hold(fixture, memory_mib * ANONYMOUS_PERCENT // 100, memory_mib * TMPFS_PERCENT // 100, group=group)
    fixture.start_workload()
    return fixture


def save_phases(fixture):
    """Seconds by phase, as the saving command told them after the resume."""
    told = re.search(r"^nvresume: save: (.*), total", fixture.saving_result.output, re.M)
    fixture.expect(told, f"the save's phases, found: {fixture.saving_result.output}")
    return {name: float(seconds) for name, seconds in re.findall(r"(\S+) ([\d.]+) s", told[1])}


def expect_phases(make, fixture):
    phases = save_phases(fixture)
    fixture.expect_equal("phases of the save", [name for name in PHASES if name not in phases], [])
    make.note(", ".join(f"{name} {phases[name]:.2f} s" for name in PHASES))


@case(LONG, VARIETY)
def crowded_memory(make):
    """80 % of memory in anonymous pages, 10 % in tmpfs: swapped out before the freeze, saved, resumed, all of it whole."""
    fixture = crowded(make, group=True)
    fixture.save()
    fixture.expect_line(SWAPPED_OUT, fixture.machine.boot_start)
    fixture.power_on()
    fixture.expect_resumed()
    expect_phases(make, fixture)
    status = fixture.check(WAIT_FOR_SWAPIN)
    back = re.search(r"^back from swap: (\d+) of (\d+) MiB", status, re.M)
    fixture.expect(back and int(back[1]) > 0, f"`back from swap: …` in the status, found: {status}")
    make.note(back[0])
    held_memory.expect_whole(fixture)


@case(LONG, VARIETY)
def crowded_memory_without_groups(make):
    """The same where no memory control group can be asked: the kernel swaps out after the freeze."""
    fixture = crowded(make, group=False)
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    expect_phases(make, fixture)
    held_memory.expect_whole(fixture)


# The guest's memory, what it stores and swaps, and a little for the host itself.
EIGHT_GIB_NEEDS_MIB = 16 * 1024


@case(LONG, MATRIX)
def eight_gib(make):
    """8 GiB of memory, 5 of them in use: swapped out, saved and resumed directly and through the initramfs, within 64 MiB."""
    if (available_mib := host_available_mib()) < EIGHT_GIB_NEEDS_MIB:
        raise Skipped(f"the host has {available_mib} of {EIGHT_GIB_NEEDS_MIB} MiB available")
    fixture = make.new(fixture_guests.small_disk(), "small", memory_mib=8192, nvdimm_bytes=7 * GIB)
    fixture.image_s = 1800  # 2 MB/s: a tenth of what a loaded host was seen to store under emulation
    fixture_guests.set_up_small(fixture)
    fixture.boot()
    held_memory.hold(fixture, 4608, 512)
    fixture.start_workload()
    fixture_direct.try_out(fixture)
    expect_large_image(make, fixture, "direct")
    fixture.check("nvresume trial --off")
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    expect_large_image(make, fixture, "initramfs")
    expect_phases(make, fixture)
    expect_small_program(make, fixture)
    held_memory.expect_whole(fixture)


def host_available_mib():
    with open("/proc/meminfo") as meminfo:
        return next(int(line.split()[1]) >> 10 for line in meminfo if line.startswith("MemAvailable:"))


def expect_large_image(make, fixture, path):
    attempt = fixture.inspect()["attempts"][-1]
    fixture.expect_equal("path and outcome of the last attempt", [attempt["path"], attempt["outcome"]], [path, "done"])
    make.note(f"{path}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in attempt["phases_s"].items()))


def expect_small_program(make, fixture):
    told = []
    for line in fixture.machine.console.lines:
        if match := re.search(MEMORY_LINE, line.text):
            used_kib = int(match[2]) + int(match[3])
            fixture.expect(used_kib <= MEMORY_LIMIT_KIB, f"{match[1]}: at most {MEMORY_LIMIT_KIB} KiB, used {used_kib} KiB")
            make.note(f"{match[1]} {used_kib >> 10} MiB")
            told.append(match[1])
    fixture.expect_equal("memory told of", told, ["save", "save", "load"])
