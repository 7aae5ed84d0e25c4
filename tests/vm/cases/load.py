# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver under load, in a guest that runs from its disks: taken out while it works, fio with verify, swapping."""

import random
import re

from harness import fixture_after, soak_debian, soak_work
from harness.fixture_cases import FAULTS, LONG, case

RELOADS = 50
# Of the memory there is, in four programs: more than a fifth of their pages is always in swap.
OF_MEMORY_PERCENT = 130
PROGRAMS = 4
GENERATIONS = 2
# A hang guard, chosen: a million page faults, at two milliseconds each on a loaded host that emulates.
SWAPPING_S = 2400
FIO = f"{soak_debian.IN_GUEST}/disks.fio"


@case(LONG, FAULTS, part="load")
def driver_reloaded(make):
    """The driver taken out and put back 50 times while its disks are read and written."""
    fixture = started(make)
    fixture.check("swapoff /dev/NVM_SWAP")
    make.note(fixture.check(f"{soak_debian.IN_GUEST}/reload-loop {RELOADS} 2>&1").strip())
    expect_still_swap(fixture)


@case(LONG, FAULTS, part="load")
def driver_fio(make):
    """fio with verify on both disks: O_DIRECT, buffered, mapped, FUA, blocks of 4 KiB to 1 MiB, fsync."""
    fixture = started(make)
    fixture.check("swapoff /dev/NVM_SWAP")
    seed = random.randrange(1 << 32)
    fixture.phase = f"fio, seed {seed}"
    output = fixture.check(f"fio --randseed={seed} {FIO} 2>&1")
    totals = re.findall(r"^ *(READ|WRITE): .*io=(\S+) ", output, re.M)
    fixture.expect_equal("jobs that ended without an error", len(re.findall(r": err= 0:", output)), open_jobs())
    fixture.expect(len(totals) == 2, f"fio's two totals, found:\n{output}")
    make.note(f"seed {seed}: " + ", ".join(f"{way.lower()} {size}" for way, size in totals))
    fixture.check("mkswap /dev/NVM_SWAP")
    expect_still_swap(fixture)


@case(LONG, FAULTS, part="load")
def driver_swapping(make):
    """Programs that fill more than there is of memory and check every page of it, on the swap disk; rmmod is refused meanwhile."""
    fixture = started(make)
    mib = int(fixture.check("awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo")) * OF_MEMORY_PERCENT // 100 // PROGRAMS
    start = " ".join(f"({soak_debian.IN_GUEST}/arrays swapping{n} {mib} {GENERATIONS}; echo $? >/run/swapping{n}) &" for n in range(PROGRAMS))
    fixture.check(f"({start}) >/run/swapping.log 2>&1 </dev/null")
    fixture.phase = "rmmod while swapping"
    soak_work.wait_in_guest(fixture, "[ $(awk '/nvm_swap0/ { print $4 }' /proc/swaps) -gt 65536 ]", "cat /proc/swaps /run/swapping.log")
    fixture.expect(fixture.run("rmmod nvm_swap").status != 0, "no rmmod while swap is on")
    fixture.phase = "every page checked"
    soak_work.wait_in_guest(fixture, f"[ $(ls /run/swapping[0-9] 2>/dev/null | wc -l) = {PROGRAMS} ]", "cat /run/soak/swapping* /proc/swaps", SWAPPING_S)
    said = fixture.check("cat /run/soak/swapping*; cat /run/swapping[0-9]")
    fixture.expect_equal("what the programs found", len(re.findall("generation=2 .* wrong=0$", said, re.M)), PROGRAMS)
    pages = fixture.check("awk '/^pswp(in|out)/ { printf \"%s %d MiB \", $1, $2 / 256 }' /proc/vmstat").strip()
    make.note(f"{PROGRAMS} x {mib} MiB, {GENERATIONS} generations; {pages}")
    expect_still_swap(fixture)


def open_jobs():
    text = (soak_debian.FILES / FIO[1:]).read_text()
    return len(re.findall(r"^\[(?!global)", text, re.M))


def started(make):
    fixture = make.clone(soak_debian.ready())
    fixture.boot()
    fixture.phase = "load"
    return fixture


def expect_still_swap(fixture):
    """The driver is as it was: swap goes on and off, the kernel has not complained, and without it the machine's map of memory
    is the one that was there before it."""
    fixture.phase = "after the load"
    fixture.check("grep -q nvm_swap0 /proc/swaps || swapon /dev/NVM_SWAP; swapoff /dev/NVM_SWAP")
    fixture.expect_equal("warnings", fixture.check(f"dmesg | grep -E '{fixture_after.WARNINGS}' || true"), "")
    fixture.check("grep -v ' : nvm_swap0' /proc/iomem >/run/iomem; udevadm settle; rmmod nvm_swap && cmp /proc/iomem /run/iomem")
    fixture.check("nvresume attach 2>&1 && swapon /dev/NVM_SWAP")
    fixture.power_off()
