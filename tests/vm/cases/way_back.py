# SPDX-License-Identifier: GPL-2.0-or-later
"""After the commit the machine does not go off: the one way back, and what stays when there is none."""

from harness import workload
from harness.fixture_cases import VARIETY, case
from harness.fixture_nvm import COMMITTED


def ready_with(make, how):
    """The small guest up, a workload in it, and a device that keeps it on."""
    fixture = make.ready()
    fixture.boot()
    fixture.check(f"insmod /lib/stays_on.ko how={how}")
    fixture.start_workload()
    return fixture


def expect_going_on(fixture):
    """The session goes on, no image is left, swap is swap, and the next boot is an ordinary one."""
    fixture.phase = "after the way back"
    before = fixture.saved
    now = workload.next_state(fixture.machine, len(fixture.machine.console.lines), fixture.guard_s)
    fixture.expect_equal("nonce, boot id", (now.nonce, now.boot_id), (before.nonce, before.boot_id))
    fixture.expect(now.counter > before.counter, f"the counter to go on: was {before.counter}, is {now.counter}")
    fixture.expect_equal("connection, file, shell", (now.connection, now.file, now.shell), ("ok", "ok", "ok"))
    fixture.expect_image_gone()
    fixture.check("grep -q nvm_swap0 /proc/swaps")


@case(tier=VARIETY, part="failures")
def power_off_refused(make):
    """A device refuses S4 after the commit: `--mode platform` goes back and on; then `auto` powers off plainly and resumes."""
    fixture = ready_with(make, "suspend")
    fixture.expect_save_refused("power-off-refused", command="nvresume save --mode platform 2>&1")
    fixture.expect_line("^nvresume: not powered off; taking the image back")
    expect_going_on(fixture)
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()


@case(tier=VARIETY, part="failures")
def wake_event(make):
    """Something wakes the machine while it goes off after the commit: back and on, and the next boot finds no image."""
    fixture = ready_with(make, "wake")
    fixture.expect_save_refused("wake-event", command="nvresume save 2>&1")
    fixture.expect_line("^nvresume: not powered off; taking the image back")
    expect_going_on(fixture)
    fixture.power_off()
    fixture.power_on()
    fixture.expect_no_image()


@case(tier=VARIETY, part="failures")
def stays_on(make):
    """The machine's switch does nothing: nothing thaws over the committed image; the plug is pulled, and it resumes."""
    fixture = ready_with(make, "off")
    fixture.phase = "save"
    fixture.saving = fixture.machine.agent.start("nvresume save --mode shutdown")
    # The kernel has stopped the other processors and its interrupts by then: nobody can say more on this console.
    off, _, _ = fixture.expect_line("reboot: Power down")
    fixture.expect_equal("superblocks", fixture.nvm.states(), (COMMITTED, COMMITTED))
    fixture.expect_equal("QEMU's view", fixture.machine.qemu.qmp("query-status")["status"], "running")
    fixture.saved = workload.last_state(fixture.machine)
    fixture.cut_power()
    after = [line.text for line in fixture.machine.console.lines[off + 1 :] if line.text.startswith("workload: ")]
    fixture.expect_equal("what the session said after the power-off", after, [])
    fixture.power_on()
    fixture.expect_resumed()
