# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix, second half: machines that must pass `nvresume trial`, which is a save and a direct resume, and everything
that must work in them afterwards."""

from harness import fixture_after, fixture_direct, fixture_guests
from harness.fixture_cases import LONG, MATRIX, case
from harness.hardware import AHCI, E1000E, NVME, VT_D, usb_stick
from harness.machine import GIB


def started(make, arguments="", memory_mib=None, **hardware):
    fixture = make.ready()
    for name, value in hardware.items():
        setattr(fixture.machine.parts.hardware, name, value)
    fixture.boot(arguments)
    fixture.start_workload()
    return fixture


def passes_trial(fixture):
    warnings = fixture_after.count_warnings(fixture)
    fixture_direct.try_out(fixture)
    _, _, restored = fixture.expect_line(fixture_direct.RESTORED)
    fixture.expect_equal("processors that decoded", int(restored[1]), fixture.machine.parts.hardware.cpus)
    fixture_after.expect_processors(fixture)
    fixture_after.expect_disk(fixture)
    fixture_after.expect_quiet_log(fixture, warnings)


@case(LONG, MATRIX)
def three_direct_cycles(make):
    """Five resumes by turns, three of them direct, with everything asked after each direct one."""
    fixture = started(make, "modules=e1000e,button", devices=E1000E)
    fixture_after.start_network(fixture)
    fixture_direct.try_out(fixture)
    for _ in range(2):
        after_direct_resume(fixture)
        fixture.check("nvresume trial --off")
        fixture.save()
        fixture.power_on()
        fixture_direct.expect_not_direct(fixture, "direct-off")
        fixture.expect_resumed()
        fixture.check("nvresume trial --auto")
        fixture_direct.save_and_resume_directly(fixture)
    after_direct_resume(fixture)


def after_direct_resume(fixture):
    fixture_after.expect_power_button(fixture)
    fixture_after.expect_network(fixture)
    fixture_after.expect_disk(fixture)
    fixture_after.expect_efi_variables(fixture)
    fixture_after.expect_clock(fixture)
    fixture_after.expect_processors(fixture)


@case(LONG, MATRIX)
def disk_on_ahci(make):
    """The disk on the board's AHCI controller."""
    passes_trial(started(make, "modules=ahci,sd_mod", disk=AHCI))


@case(LONG, MATRIX)
def disk_on_nvme(make):
    """The disk on NVMe."""
    passes_trial(started(make, "modules=nvme", disk=NVME))


@case(LONG, MATRIX)
def vt_d(make):
    """The IOMMU translates for the disk's controller."""
    fixture = started(make, "modules=nvme intel_iommu=on", disk=NVME, devices=VT_D)
    fixture.check("ls /sys/class/iommu/dmar0 && ls /sys/kernel/iommu_groups/0")
    passes_trial(fixture)


@case(LONG, MATRIX)
def usb(make):
    """A disk behind xHCI is read after the resume."""
    fixture = make.ready()
    stick = fixture.machine.parts.directory / "stick.raw"
    fixture_after.make_stick(stick)
    fixture.machine.parts.hardware.devices = usb_stick(stick)
    fixture.boot("modules=xhci_pci,usb_storage,sd_mod")
    fixture.start_workload()
    fixture_after.expect_stick(fixture, stick)
    passes_trial(fixture)
    fixture_after.expect_stick(fixture, stick)


@case(LONG, MATRIX)
def one_processor(make):
    """One processor: the stage decodes alone."""
    passes_trial(started(make, cpus=1))


@case(LONG, MATRIX)
def four_processors(make):
    """Four processors."""
    passes_trial(started(make, cpus=4))


@case(LONG, MATRIX)
def eight_processors(make):
    """Eight processors."""
    passes_trial(started(make, cpus=8))


@case(LONG, MATRIX)
def six_gib(make):
    """6 GiB of memory, most of it above 4 GiB."""
    fixture = make.new(fixture_guests.small_disk(), "small", memory_mib=6144, nvdimm_bytes=7 * GIB)
    fixture_guests.set_up_small(fixture)
    fixture.boot()
    fixture.start_workload()
    passes_trial(fixture)


@case(LONG, MATRIX)
def four_level_paging(make):
    """A kernel that was told not to use the fifth level."""
    fixture = started(make, "no5lvl")
    fixture.check("! grep -qw la57 /proc/cpuinfo")
    passes_trial(fixture)


@case(LONG, MATRIX)
def freed_memory_cleared(make):
    """init_on_free=1: free pages are zero, and must be again after the resume."""
    passes_trial(started(make, "init_on_free=1"))


@case(LONG, MATRIX)
def freed_memory_poisoned(make):
    """page_poison=1: free pages carry a pattern that the kernel checks when it hands them out."""
    passes_trial(started(make, "page_poison=1"))


@case(LONG, MATRIX)
def stored_raw(make):
    """An image without compression."""
    fixture = make.clone(fixture_direct.saved())
    fixture_direct.resume_directly(fixture)
    fixture.save("nvresume save --encoding raw")
    statistics = fixture.inspect_file()["metadata"]["statistics"]
    same_filled_bytes = statistics["same_filled_pages"] * 4096
    fixture.expect(
        statistics["stored_bytes"] + same_filled_bytes >= statistics["raw_bytes"], f"nothing but same-filled pages left out: {statistics}"
    )
    fixture_direct.resume_directly(fixture)
    fixture_after.expect_disk(fixture)
    make.note(f"{statistics['stored_bytes'] >> 20} MiB stored")
