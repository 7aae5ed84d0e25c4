# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that must not resume: the exact reason, and the machine up."""

from harness import fixture_guests, qemu
from harness.fixture_cases import case
from harness.fixture_guests import once
from harness.fixture_nvm import CONSUMED

OTHER_SYSTEM = "rdinit=/sbin/other-system"


@case()
def no_image(make):
    """Nothing was saved: an ordinary boot."""
    fixture = make.ready()
    fixture.power_on()
    fixture.expect_no_image()
    fixture.expect_line("^nvresume: no image is stored")


@case()
def no_nvm(make):
    """The NVDIMM was pulled out: an ordinary boot that says so."""
    fixture = make.saved()
    fixture.machine.parts.nvdimm = None
    fixture.power_on()
    fixture.expect_up()
    fixture.expect_line("^nvresume: no NVM range was found; booting on without NVM")
    fixture.expect_recorded("no-nvm")
    fixture.expect_fresh_boot()


@case(part="changed")
def driver_missing(make):
    """The initramfs has no driver while an image waits: ordinary boot; with the driver back, never restored over it."""
    fixture = make.saved()
    fixture.power_on(script="set initrd='/small/initrd /small/no-driver'")
    fixture.expect_refusal("driver-missing", "nvm_swap")
    fixture.power_off()
    fixture.power_on()
    fixture.expect_refusal("other-boot")
    fixture.expect_image_gone()


@case()
def corrupted_chunk(make):
    """One byte of the last chunk changed, found when the rest is in the kernel's hands already."""
    fixture = make.saved()
    last = len(fixture.nvm.chunks()) - 1
    fixture.nvm.corrupt_chunk(last)
    fixture.power_on()
    fixture.expect_refusal("chunk-corrupt", rf"\b{last}\b.*0x[0-9a-f]+|\b{last}\b.*offset")
    fixture.expect_image_gone()


@case()
def corrupted_header_chunk(make):
    """One byte of the first chunk changed, which holds the kernel's header pages."""
    fixture = make.saved()
    fixture.nvm.corrupt_chunk(0)
    fixture.power_on()
    fixture.expect_refusal("chunk-corrupt", r"chunk 0 ")
    fixture.expect_image_gone()


@case()
def corrupted_metadata(make):
    """One byte of the metadata record changed."""
    fixture = make.saved()
    fixture.nvm.corrupt_metadata()
    fixture.power_on()
    fixture.expect_refusal("metadata-corrupt")
    fixture.expect_image_gone()


@case()
def corrupted_index(make):
    """One byte of the chunk index changed."""
    fixture = make.saved()
    fixture.nvm.corrupt_index()
    fixture.power_on()
    fixture.expect_refusal("index-corrupt")
    fixture.expect_image_gone()


@case()
def truncated_image(make):
    """The last third of the chunks reads as zeros."""
    fixture = make.saved()
    chunks = fixture.nvm.chunks()
    begin = sorted(chunk.offset_bytes for chunk in chunks)[len(chunks) * 2 // 3]
    end = max(chunk.offset_bytes + chunk.stored_bytes for chunk in chunks)
    fixture.nvm.erase(begin, end - begin)
    fixture.power_on()
    fixture.expect_refusal("chunk-corrupt")
    fixture.expect_image_gone()


@case()
def corrupted_superblock_a(make):
    """Copy A damaged: resumes from copy B, and both are whole afterwards."""
    resumes_with_damaged_copy(make.saved(), "A")


@case()
def corrupted_superblock_b(make):
    """Copy B damaged: resumes from copy A, and both are whole afterwards."""
    resumes_with_damaged_copy(make.saved(), "B")


def resumes_with_damaged_copy(fixture, copy):
    fixture.nvm.corrupt_superblock(copy)
    fixture.power_on()
    fixture.expect_resumed()
    found = {copy["copy"]: copy["condition"] for copy in fixture.inspect()["copies"]}
    fixture.expect_equal("both copies", found, {"A": "good", "B": "good"})


@case()
def corrupted_superblocks(make):
    """Both copies damaged: refused."""
    fixture = make.saved()
    fixture.nvm.corrupt_superblock("A")
    fixture.nvm.corrupt_superblock("B")
    fixture.power_on()
    fixture.expect_refusal("superblock-corrupt")


@once
def consumed():
    """The power was cut when the image had been handed to the kernel, before the resumed world said anything."""
    fixture = fixture_guests.clone(fixture_guests.small_saved(), "small-consumed")
    fixture.power_on()
    fixture.cut_power_when(lambda: fixture.nvm.states() == (CONSUMED, CONSUMED))
    return fixture


@case()
def consumed_image(make):
    """Power cut after the image was handed over: the next boot is an ordinary one that says so."""
    never_restored(make.clone(consumed()))


@case()
def consumed_image_copy_a_damaged(make):
    """The same, and copy A damaged since."""
    fixture = make.clone(consumed())
    fixture.nvm.corrupt_superblock("A")
    never_restored(fixture)


@case()
def consumed_image_copy_b_damaged(make):
    """The same, and copy B damaged since."""
    fixture = make.clone(consumed())
    fixture.nvm.corrupt_superblock("B")
    never_restored(fixture)


def never_restored(fixture):
    fixture.power_on()
    fixture.expect_refusal("consumed")
    fixture.expect_image_gone()


@case(part="stale")
def other_kernel_in_between(make):
    """Another system was booted through the stage: the image does not go over what it may have written."""
    fixture = make.saved()
    boot_other_system(fixture)
    fixture.expect_line("^nvresume: stage")
    fixture.power_on()
    fixture.expect_refusal("other-boot", r"boot \d+")
    fixture.expect_image_gone()


@case(part="stale")
def disk_written_elsewhere(make):
    """A boot that bypassed the stage wrote to the disk: the ticket fits, the witness does not."""
    fixture = make.saved()
    write_disk_elsewhere(fixture)
    fixture.power_on()
    fixture.expect_refusal("witness-changed", "/data")
    fixture.expect_image_gone()


def write_disk_elsewhere(fixture):
    """The disk in another machine, whose firmware knows nothing of the stage."""
    variables = fixture.machine.parts.variables
    aside = variables.with_suffix(".aside")
    variables.rename(aside)
    qemu.new_firmware_variables(variables)  # another machine's
    boot_other_system(fixture, "other=write")
    fixture.expect_line("^other: wrote")
    fixture.expect_no_line("^nvresume: stage")
    aside.rename(variables)


def boot_other_system(fixture, arguments=""):
    fixture.power_on(f"{OTHER_SYSTEM} {arguments}")
    fixture.expect_line("^other: up")
    fixture.machine.wait_power_off(fixture.guard_s)


@case(part="changed")
def more_memory(make):
    """A memory module was added: the kernel would refuse, so nothing is loaded, and the range that moved is named."""
    fixture = make.saved()
    fixture.machine.parts.memory_mib += 128
    fixture.power_on()
    fixture.expect_refusal("memory-map-changed", "0x[0-9a-f]+")
    fixture.expect_image_gone()


@case(part="stale")
def disabled_then_saved_again(make):
    """rd.nvresume=0 boots without the image and drops it; the next save and resume work."""
    fixture = make.saved()
    fixture.power_on(arguments="rd.nvresume=0")
    fixture.expect_refusal("disabled", "rd.nvresume=0")
    fixture.expect_image_gone()
    fixture.expect_equal("why it was dropped", fixture.inspect()["superblock"]["reason"], "disabled")
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
