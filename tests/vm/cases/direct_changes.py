# SPDX-License-Identifier: GPL-2.0-or-later
"""The matrix, first half: what may happen to a machine between its save and its power-on. The stage refuses with the exact
reason; then the initramfs brings the session back, or a normal boot says why not."""

from cases.refusals import OTHER_SYSTEM
from harness import fixture_direct
from harness.fixture_cases import FAULTS, MATRIX, case
from harness.fixture_nvm import COMMITTED, CONSUMED
from harness.hardware import FIRMWARE_WITH_SMM, SMM_FLASH
from harness.slow_motion import SlowMotion


def changed(make, reason, then, text=None, memory_mib=None, **hardware):
    """`then`: what the initramfs makes of it, "resumed" or its reason."""
    fixture = make.clone(fixture_direct.saved())
    fixture.machine.parts.memory_mib = memory_mib or fixture.machine.parts.memory_mib
    for name, value in hardware.items():
        setattr(fixture.machine.parts.hardware, name, value)
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, reason, text)
    fixture.expect_equal("what the initramfs makes of it", fixture_direct.expect_resumed_or_explained(fixture), then)
    make.note(f"not direct: {reason}; then: {then}")
    return fixture


@case(tier=MATRIX, part="changed")
def less_memory(make):
    """A memory module was taken out."""
    changed(make, "memory-map-changed", "memory-map-changed", "0x[0-9a-f]+", memory_mib=896)


@case(tier=MATRIX, part="changed")
def processor_added(make):
    """Four processors where there were two. This firmware keeps memory for each: its map changes with them."""
    changed(make, "processor-changed", "memory-map-changed", "number of processors", cpus=4)


@case(tier=MATRIX, part="changed")
def processor_removed(make):
    """One processor where there were two."""
    changed(make, "processor-changed", "memory-map-changed", "number of processors", cpus=1)


@case(tier=MATRIX, part="changed")
def shallower_page_tables(make):
    """The same processor without 5-level paging, which the saved kernel uses."""
    changed(make, "processor-changed", "processor-changed", "model or features", cpu="max,la57=off")


@case(tier=MATRIX, part="changed")
def other_machine_type(make):
    """An older board of the same family."""
    changed(make, "firmware-changed", "resumed", "SMBIOS", machine="pc-q35-6.2")


@case(tier=MATRIX, part="changed")
def device_added(make):
    """A PCI device was plugged in."""
    changed(make, "devices-changed", "resumed", "PCI", devices=("-device", "virtio-rng-pci"))


@case(tier=MATRIX, part="changed")
def firmware_updated(make):
    """Firmware that calls itself by another version."""
    changed(make, "firmware-changed", "resumed", "SMBIOS", devices=("-smbios", "type=0,vendor=nvresume,version=2"))


@case(tier=MATRIX, part="changed")
def other_firmware_build(make):
    """The same firmware version, built with System Management Mode: its memory lies elsewhere."""
    changed(make, "memory-map-changed", "memory-map-changed", machine="q35,smm=on", firmware=FIRMWARE_WITH_SMM, devices=SMM_FLASH)


@case(tier=MATRIX)
def power_cut_while_decoding(make):
    """The attempt was counted, nothing consumed: the next boot resumes, by the other way."""
    comes_back_through_the_initramfs(make.clone(fixture_direct.saved()), fixture_direct.PLACED)


@case(tier=MATRIX)
def power_cut_when_decoded(make):
    """Everything lay in memory, nothing was consumed: the next boot resumes, by the other way."""
    comes_back_through_the_initramfs(make.clone(fixture_direct.saved()), fixture_direct.RESTORED)


def comes_back_through_the_initramfs(fixture, line):
    fixture.power_on()
    fixture_direct.cut_power_at(fixture, line)
    fixture.expect_equal("states", fixture.nvm.states(), (COMMITTED, COMMITTED))
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "direct-unreported")
    fixture.expect_resumed()
    # Only a trial trusts the direct way again.
    fixture_direct.try_out(fixture)


@case(tier=MATRIX)
def power_cut_at_hand_over(make):
    """The line stands before the consume: whichever came first, the image or a normal boot, never both."""
    fixture = make.clone(fixture_direct.saved())
    fixture.power_on()
    fixture_direct.cut_power_at(fixture, fixture_direct.HANDING_OVER)
    # One copy that says COMMITTED makes the consume unfinished (docs/format.md, "States").
    consumed = COMMITTED not in fixture.nvm.states()
    make.note("consumed" if consumed else "not consumed")
    fixture.power_on()
    if consumed:
        fixture.expect_refusal("consumed")
        fixture.expect_image_gone()
    else:
        fixture_direct.expect_not_direct(fixture, "direct-unreported")
        fixture.expect_resumed()


@case(tier=MATRIX)
def power_cut_after_consume(make):
    """The saved kernel never reported: a normal boot; direct resume stays off until the next trial."""
    fixture = make.clone(fixture_direct.saved())
    fixture.power_on()
    fixture.cut_power_when(lambda: fixture.nvm.states() == (CONSUMED, CONSUMED))
    fixture.power_on()
    fixture.expect_refusal("consumed")
    fixture.expect_image_gone()
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "direct-unreported")
    fixture.expect_resumed()
    fixture_direct.try_out(fixture)


@case(tier=FAULTS, part="failures")
def key_to_skip(make):
    """Escape at the stage's own word that it ends a direct resume: the same session, by the other way."""
    fixture = make.clone(fixture_direct.saved())
    power_on_with_escape(fixture)
    fixture.expect_resumed()
    fixture_direct.save_and_resume_directly(fixture)


@case(tier=FAULTS, part="stale")
def direct_other_kernel_in_between(make):
    """Escape, and then another system instead of ours: neither way goes over what that may have written."""
    fixture = make.clone(fixture_direct.saved())
    power_on_with_escape(fixture, OTHER_SYSTEM)
    fixture.expect_line("^other: up")
    fixture.machine.wait_power_off(fixture.guard_s)
    fixture.power_on()
    fixture.expect_refusal("other-boot", r"boot \d+")
    fixture.expect_no_line(fixture_direct.RESUMING)
    fixture.expect_image_gone()


def power_on_with_escape(fixture, arguments=""):
    fixture.power_on(arguments)
    fixture.phase = "Escape"
    fixture.expect_line("^nvresume: stage")
    slowly = SlowMotion(fixture.machine)  # the stage is done within half a second
    slowly.run_until(fixture, fixture_direct.RESUMING)
    slowly.full_speed()
    fixture.machine.qemu.monitor("sendkey esc")
    fixture_direct.expect_not_direct(fixture, "skip-key")


@case(tier=MATRIX)
def saved_without_platform_mode(make):
    """`nvresume save --mode shutdown`: the power button would be dead, so the other way is taken."""
    fixture = make.clone(fixture_direct.saved())
    fixture_direct.resume_directly(fixture)
    fixture.save("nvresume save --mode shutdown")
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "no-platform-mode")
    fixture.expect_resumed()


@case(tier=MATRIX)
def never_tried(make):
    """Auto, and no trial was run."""
    fixture = make.ready()
    fixture.boot()
    fixture.check("nvresume trial --auto")
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture_direct.expect_not_direct(fixture, "direct-untried")
    fixture.expect_resumed()
