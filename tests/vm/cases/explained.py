# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person is told: once on the console, afterwards in `nvresume status` and in the journal."""

from cases.scrub import slot_bytes_left
from harness import disk, fixture_debian, fixture_direct, workload
from harness.fixture_cases import FAULTS, LONG, case
from harness.places import kernel_release

PART = "failures"
TOLD_BY_STAGE = "^nvresume: no image"

# The guest's own entry without any word of resuming.
WITHOUT_RESUME = f"""
menuentry plain --id plain {{
  search --no-floppy --fs-uuid --set=root {disk.ROOT_UUID}
  linux /boot/vmlinuz-{kernel_release()} root=UUID={disk.ROOT_UUID} ro console=ttyS0,115200 no_timer_check
  initrd /boot/initrd.img-{kernel_release()}
}}
set default=plain
"""


def expect_status(fixture, *parts):
    fixture.phase = "status"
    said = fixture.check("nvresume status")
    for part in parts:
        fixture.expect(part in said, f"`{part}` in the output of `nvresume status`:\n{said}")


@case(tier=FAULTS, part=PART)
def recovery_mode(make):
    """GRUB's "recovery mode" while an image waits: dropped with its reason, told once on the console, later in `status`."""
    fixture = make.saved()
    fixture.power_on("single")
    fixture.expect_refusal("disabled", "^single on the kernel command line")
    fixture.expect_image_gone()
    expect_status(
        fixture,
        "image:        none: the last one was dropped: disabled:",
        "last drop:",
        "an image was dropped: disabled: single on the kernel command line",
        "this boot:    ordinary, nothing was resumed: disabled: single on the kernel command line",
    )
    fixture.power_off()
    fixture.power_on()
    fixture.expect_no_image()
    fixture.expect_no_line("single on the kernel command line|dropped")
    _, line, _ = fixture.expect_line(TOLD_BY_STAGE)
    fixture.expect_equal("the stage's line", line.text, "nvresume: no image is stored")
    expect_status(
        fixture,
        "image:        none: the last one was dropped: disabled:",
        "an image was dropped: disabled: single on the kernel command line",
        "this boot:    ordinary: no saved session was waiting",
    )


@case(tier=FAULTS, part=PART)
def noresume(make):
    """The kernel's own word for it counts, too."""
    fixture = make.saved()
    fixture.power_on("noresume")
    fixture.expect_refusal("disabled", "^noresume on the kernel command line")
    fixture.expect_image_gone()


@case(tier=FAULTS, part=PART)
def status_after_a_resume(make):
    """Both attempts with their seconds, and the way."""
    fixture = make.saved()
    fixture.power_on()
    fixture.expect_resumed()
    expect_status(
        fixture,
        "image:        none\n",
        "left behind:  bytes of an image",
        "saved in ",
        "resumed by way of the initramfs in ",
        "this boot:    resumed: the saved session goes on",
    )


@case(LONG, tier=FAULTS, part=PART)
def entry_without_resume(make):
    """A GRUB entry without `resume=`: nvresume does not need it. The journal then has what both vanished systems said.
    After a direct resume, of which the stage leaves a record alone, it says that there was one, and what lay in the NVM is
    scrubbed there, too."""
    fixture = make.clone(fixture_debian.ready())
    fixture.boot()
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start)
    fixture.save()
    fixture.power_on(script=WITHOUT_RESUME)
    fixture.expect_resumed()
    expect_in_journal(fixture, "save, boot [0-9]*: done", "resume (initramfs), boot [0-9]*: done", "memory: save:", "memory: load:")
    fixture_direct.try_out(fixture)
    expect_in_journal(fixture, "resume (direct), boot [0-9]*: done")
    fixture.phase = "scrub after the direct resume"
    fixture.check("for try in $(seq 240); do nvresume status | grep -q '^left behind:  nothing' && exit 0; sleep 0.5; done; nvresume status; exit 1")
    fixture.expect_equal("MiB of the slot that hold anything", slot_bytes_left(fixture), 0)


def expect_in_journal(fixture, *lines):
    fixture.phase = "journal"
    for said in lines:
        fixture.check(
            f"for try in $(seq 240); do journalctl -b | grep -q 'nvresume: .*{said}' && exit 0; sleep 0.5; done; "
            "journalctl -b | grep nvresume | tail -n 40; exit 1"
        )
