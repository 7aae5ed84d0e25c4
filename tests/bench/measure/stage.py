# SPDX-License-Identifier: GPL-2.0-or-later
"""The stage, in the small guest: how fast it decodes on one processor and on two, and what it costs a boot that has nothing to
resume."""

import re
import statistics

from harness import fixture_direct, fixture_guests
from harness.places import say

CPUS = (1, 2)
DECODE_ROUNDS = 3  # the stage times itself, before anything else runs: they hardly differ
# The small guest alone is an image of which little is left to decode. Program text compresses as other memory does.
FILL = """
    mkdir /run/fill && mount -t tmpfs -o size=60% tmpfs /run/fill &&
    for i in $(seq 64); do cp /bin/busybox /run/fill/$i || exit 1; done
"""
SAVE = "nvresume save --encoding zstd"
# Both lines come on either way to GRUB: firmware names the entry it starts, the guest's grub.cfg speaks first.
LOADING = r"^BdsDxe: loading Boot"
GRUB = r"^small: GRUB reads"
OWN_ENTRY = r"efibootmgr -q -c -d /dev/vda -p 1 -L grub -l '\EFI\debian\grubx64.efi'"


def measure(rounds):
    decode = [decode_speed(cpus, min(rounds, DECODE_ROUNDS)) for cpus in CPUS]
    boots = boot_cost(rounds)
    return {
        "decode": decode,
        "decode_ratio": decode[1]["median_mb_per_s"] / decode[0]["median_mb_per_s"],
        **boots,
        "boot_extra_s": statistics.median(boots["boot_through_stage_s"]) - statistics.median(boots["boot_without_stage_s"]),
    }


def decode_speed(cpus, rounds):
    """Megabytes a second of the phase `decode`, timed by the stage itself."""
    fixture = fixture_guests.clone(fixture_guests.small_ready(), f"bench-decode-{cpus}")
    with fixture.machine:
        fixture.machine.parts.hardware.cpus = cpus
        fixture.boot()
        fixture.check(FILL)
        fixture.start_workload()
        fixture_direct.try_out(fixture)
        speeds = [_one_decode(fixture) for _ in range(rounds)]
    median = statistics.median(speeds)
    say(f"the stage on {cpus} CPUs decodes {median:.0f} MB/s ({', '.join(f'{speed:.0f}' for speed in speeds)})")
    return {"cpus": cpus, "mb_per_s": speeds, "median_mb_per_s": median}


def _one_decode(fixture):
    fixture_direct.save_and_resume_directly(fixture, SAVE)
    _, line, _ = fixture.expect_line(fixture_direct.RESTORED)
    mebibytes = int(re.search(r"restored (\d+) MiB", line.text)[1])
    return mebibytes * 1.048576 / fixture.inspect()["attempts"][-1]["phases_s"]["decode"]


def boot_cost(rounds):
    """From the moment firmware loads the boot entry's program to GRUB's first word, in turns."""
    through, without = (fixture_guests.clone(fixture_guests.small_ready(), f"bench-boot-{name}") for name in ("stage", "grub"))
    with through.machine, without.machine:
        without.boot()
        without.check(OWN_ENTRY)
        without.power_off()
        turns = [(_to_grub(through), _to_grub(without)) for _ in range(rounds)]
    stage_s, grub_s = (list(times) for times in zip(*turns))
    say(f"boot entry to GRUB: {_listed(stage_s)} s through the stage, {_listed(grub_s)} s without")
    return {"boot_through_stage_s": stage_s, "boot_without_stage_s": grub_s}


def _to_grub(fixture):
    fixture.power_on()
    index, loading, _ = fixture.expect_line(LOADING)
    _, grub, _ = fixture.expect_line(GRUB, index)
    fixture.cut_power()
    return round(grub.at_s - loading.at_s, 3)


def _listed(seconds):
    return ", ".join(f"{one:.2f}" for one in seconds)
