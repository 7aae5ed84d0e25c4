# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver by itself, over an NVDIMM that nobody set up."""

import re

from harness import fixture_guests
from harness.fixture_cases import case

DIRECTORY = "/usr/lib/nvresume-test"


@case()
def driver(make):
    """driver/test/driver-test.sh: refusals, disks, flushes, swap, removal."""
    fixture = make.new(fixture_guests.small_disk(), "small")
    fixture.boot()
    fixture.phase = "driver-test"
    result = fixture.run(
        f"sh {DIRECTORY}/driver-test.sh $(find /lib/modules -name nvm_swap.ko) {DIRECTORY}/nvm_io 0x100000000 0x20000000 0x20000000"
    )
    fixture.expect(result.status == 0 and re.search(r"^1\.\.\d+$", result.output, re.M), f"every case ok, found:\n{result.output}")
    make.note(f"{len(re.findall('^ok ', result.output, re.M))} of its own cases")
