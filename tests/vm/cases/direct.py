# SPDX-License-Identifier: GPL-2.0-or-later
"""Direct resume in `make check`: what speaks against it leads to the exact reason and to a boot that restores the image or
says why not. With the matrix: it alternates with the initramfs way. The matrix: direct_changes.py, direct_machines.py."""

from cases.refusals import write_disk_elsewhere
from harness import fixture_after, fixture_direct
from harness.fixture_cases import MATRIX, case


@case(tier=MATRIX)
def direct_and_initramfs_by_turns(make):
    """After the trial: direct, then switched off and through the initramfs, then direct; always the same session."""
    fixture = make.clone(fixture_direct.saved())
    fixture_direct.resume_directly(fixture)
    pointers = fixture_direct.runtime_pointers(fixture)
    fixture.check("nvresume trial --off")
    fixture.save()
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "direct-off")
    fixture.expect_resumed()
    # A boot kernel called SetVirtualAddressMap this time, with the same addresses.
    fixture.expect_equal("runtime services", fixture_direct.runtime_pointers(fixture), pointers)
    fixture.check("nvresume trial --auto")
    state = fixture_direct.save_and_resume_directly(fixture)
    fixture.expect_equal("runtime services", fixture_direct.runtime_pointers(fixture), pointers)
    fixture_after.expect_disk(fixture)
    make.note(f"nonce {state.nonce} through four resumes")


@case(part="changed")
def direct_more_memory(make):
    """A memory module was added."""
    fixture = make.clone(fixture_direct.saved())
    fixture.machine.parts.memory_mib += 128
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "memory-map-changed", "0x[0-9a-f]+")
    fixture.expect_refusal("memory-map-changed", "0x[0-9a-f]+")
    fixture.expect_image_gone()


@case(part="changed")
def direct_other_processor(make):
    """Another processor model: the saved kernel has patched itself for the old one, so no way leads back into it."""
    fixture = make.clone(fixture_direct.saved())
    fixture.machine.parts.hardware.cpu = "Nehalem"
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "processor-changed", "model or features")
    fixture.expect_refusal("processor-changed", "model or features")
    fixture.expect_image_gone()


@case()
def direct_damaged_chunk(make):
    """One byte of the last chunk changed: found by the stage before it consumes anything, and again by the initramfs."""
    fixture = make.clone(fixture_direct.saved())
    last = len(fixture.nvm.chunks()) - 1
    fixture.nvm.corrupt_chunk(last)
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "chunk-corrupt", rf"\b{last}\b")
    fixture.expect_refusal("chunk-corrupt", rf"\b{last}\b")
    fixture.expect_image_gone()


@case(part="stale")
def direct_disk_written_elsewhere(make):
    """A boot that bypassed the stage wrote to the disk: firmware's own reading of it tells."""
    fixture = make.clone(fixture_direct.saved())
    write_disk_elsewhere(fixture)
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "witness-changed", "/data")
    fixture.expect_refusal("witness-changed", "/data")
    fixture.expect_image_gone()
