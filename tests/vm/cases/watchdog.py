# SPDX-License-Identifier: GPL-2.0-or-later
"""A hardware watchdog across the jump into the saved kernel."""

from harness import fixture_direct, fixture_watchdog
from harness.fixture_cases import LONG, MATRIX, case

ARMED = r"^nvresume: a hardware watchdog resets the machine if nobody is there in (\d+) s"
STOPPED = r"hardware watchdog stopped, \d+ s before"


def started(make):
    fixture = make.ready()
    fixture.machine.parts.hardware.devices = fixture_watchdog.devices(fixture.machine.parts.directory)
    fixture.boot()
    fixture.start_workload()
    return fixture


@case(LONG, MATRIX)
def watchdog_across_the_jump(make):
    """A board with a watchdog: armed before the jump where the saved program can stop it, stopped behind it."""
    fixture = started(make)
    # Firmware left it running, so the saved system is not its owner.
    fixture_direct.try_out(fixture)
    fixture.expect_no_line(ARMED)
    fixture_watchdog.halt(fixture)
    fixture_direct.save_and_resume_directly(fixture)
    fixture.expect_line(ARMED)
    fixture.expect_line(STOPPED)
    fixture.expect(fixture_watchdog.is_halted(fixture), "the watchdog halted after the resume")
    # Through the initramfs nobody arms it, and nobody has to stop it.
    fixture.check("nvresume trial --off")
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    fixture.expect_no_line(ARMED)


@case(LONG, MATRIX)
def watchdog_ends_a_hang(make):
    """The machine hangs in the jump: reset by the watchdog, and the next boot is a normal one that says why."""
    fixture = started(make)
    fixture_watchdog.halt(fixture)
    fixture_direct.try_out(fixture)
    fixture.save()
    fixture.power_on()
    fixture.expect_line(ARMED)
    fixture_watchdog.hang(fixture)
    # The timer resets at the second end of its countdown (ICH9 datasheet, 5.13.2).
    fixture.machine.wait_reset(4 * fixture_watchdog.MAXIMUM * fixture_watchdog.COUNT_MS / 1000)
    fixture.expect_refusal("consumed")
    fixture.expect_image_gone()
