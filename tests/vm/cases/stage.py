# SPDX-License-Identifier: GPL-2.0-or-later
"""The stage with configuration that makes no sense: it says so, and boots."""

from harness import fixture_efi
from harness.fixture_cases import case


@case()
def config_of_wrong_size(make):
    """NvresumeConfig is 100 bytes: named, and the range that was set up before is used all the same."""
    fixture = make.ready()
    fixture.boot()
    fixture_efi.write(fixture.machine, "NvresumeConfig", bytes(100))
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line(r"^nvresume: no usable configuration \(.*100.*\)")
    fixture.expect_line(r"^nvresume: NVM at 0x100000000: ")
    fixture.expect_recorded("no-image")


@case()
def config_of_nonsense(make):
    """NvresumeConfig names a range that is not there, and a loader that does not exist: NVM and loader are found anyway."""
    fixture = make.ready()
    fixture.boot()
    nonsense = fixture_efi.config(0xFFFF_FFFF_FF00_0000, 1 << 30, 200, "\\EFI\\nowhere\\loader.efi")
    fixture_efi.write(fixture.machine, "NvresumeConfig", nonsense)
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line(r"^nvresume: NVM at 0x100000000: ")
    fixture.expect_line(r"^nvresume: starting \\EFI\\debian\\grubx64.efi")
    fixture.expect_recorded("no-image")
