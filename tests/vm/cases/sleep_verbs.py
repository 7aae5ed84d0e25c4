# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything else that puts a Debian to sleep: keys, lid, idleness, an empty battery. What hibernates is nvresume's, what
would bypass it is off."""

from harness import debian_guest, fixture_guests, workload
from harness.fixture_cases import LONG, VARIETY, case
from harness.fixture_guests import CASES, once
from harness.guest_packages import install_packages, with_apt
from harness.nvresume_guest import NvresumeGuest
from harness.places import TESTS
from harness.root_tree import chroot, discard

FILES = "/usr/lib/nvresume-test"
LOGIND = "org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager"
UPOWER = "org.freedesktop.UPower /org/freedesktop/UPower org.freedesktop.UPower"
# Long enough for a hand to take the setting back in the resumed session, where the time goes on.
IDLE_S = 60
# Until logind watches the device: udev has to have seen it first.
PLUG_IN_LID = f"""
modprobe uinput && {{ setsid evemu-device {FILES}/lid.evemu >/run/lid 2>&1 </dev/null & }}
for try in $(seq 240); do journalctl -b -u systemd-logind | grep -q 'Watching system buttons on .*lid' && exit 0; sleep 0.5; done
cat /run/lid; exit 1
"""
TURN_LID = (
    "evemu-event /dev/input/$(grep -A 5 'Name=\"lid\"' /proc/bus/input/devices | grep -o 'event[0-9]*') "
    "--sync --type EV_SW --code SW_LID --value"
)
# upowerd sees a made-up /sys with one battery in it, and the machine's own D-Bus.
START_UPOWER = f"""
mkdir -p /var/lib/upower
setsid umockdev-run -d {FILES}/battery.umockdev -- /usr/libexec/upowerd --verbose >/run/upower.log 2>&1 </dev/null &
for try in $(seq 240); do busctl call {UPOWER} GetCriticalAction 2>/dev/null && exit 0; sleep 0.5; done
cat /run/upower.log; exit 1
"""


@once
def guest_disk():
    path = CASES / "debian-sleep.raw"
    tree = path.with_suffix(".tree")
    debian_guest.unpack(tree)
    with_apt(tree)
    install_packages(tree, "upower", "umockdev", "evemu-tools")
    for source in (fixture_guests.install_tree(), workload.tree(), TESTS / "guest/workload", TESTS / "cases/sleep-guest"):
        debian_guest.overlay(tree, source)
    # Nobody but the test starts upowerd: D-Bus would, on the machine's own empty /sys.
    chroot(tree, "systemctl -q mask upower.service && nvresume setup --files-only && update-grub")
    debian_guest.make_disk(path, tree)
    discard(tree)
    return path


def sleep_and_wake(fixture, what, put_to_sleep):
    fixture.phase = what
    fixture.saved = workload.next_state(fixture.machine, len(fixture.machine.console.lines), fixture.guard_s)
    put_to_sleep()
    fixture.machine.wait_power_off(fixture.guard_s)
    fixture.saved = workload.last_state(fixture.machine)
    fixture.power_on()
    fixture.phase = f"resume after {what}"
    fixture.expect_line(rf"{workload.LINE}|guest: multi-user")
    fixture.expect_no_line("guest: multi-user")
    now = workload.next_state(fixture.machine, fixture.machine.boot_start, fixture.guard_s)
    fixture.expect_equal("nonce, boot id", (now.nonce, now.boot_id), (fixture.saved.nonce, fixture.saved.boot_id))


def expect_bypasses_off(fixture):
    fixture.phase = "verbs"
    for verb, answers in (("Hibernate", {"yes"}), ("HybridSleep", {"no", "na"}), ("SuspendThenHibernate", {"no", "na"})):
        found = fixture.check(f"busctl call {LOGIND} Can{verb}").split()[-1].strip('"')
        fixture.expect(found in answers, f"Can{verb}: {answers}, found {found}")
    for verb in ("hybrid-sleep", "suspend-then-hibernate"):
        fixture.expect(fixture.run(f"systemctl {verb}").status != 0, f"systemctl {verb} refused")


@case(LONG, VARIETY)
def other_sleep_verbs(make):
    """Power key, lid, idleness and UPower's critical action save with nvresume and resume; what would bypass it is off."""
    fixture = make.new(guest_disk(), "debian", machine_class=NvresumeGuest)
    fixture.machine.set_up()
    expect_bypasses_off(fixture)

    sleep_and_wake(fixture, "power key", lambda: fixture.machine.qemu.qmp("system_powerdown"))

    fixture.check(PLUG_IN_LID)
    sleep_and_wake(fixture, "lid", lambda: fixture.machine.agent.start(f"{TURN_LID} 1"))
    fixture.check(f"{TURN_LID} 0")

    fixture.phase = "UPower"
    # It asks for hybrid sleep, is told no, and takes the next.
    fixture.expect_equal("UPower's critical action", fixture.check(START_UPOWER), 's "Hibernate"\n')
    sleep_and_wake(fixture, "UPower's critical action", lambda: None)
    fixture.check("kill $(pidof upowerd)")

    setting = "/run/systemd/logind.conf.d/idle.conf"
    fixture.check(f"mkdir -p {setting.rsplit('/', 1)[0]} && printf '[Login]\\nIdleAction=hibernate\\nIdleActionSec={IDLE_S}s\\n' >{setting}")
    sleep_and_wake(fixture, "idleness", lambda: fixture.check("systemctl restart systemd-logind"))
    fixture.check(f"rm {setting} && systemctl restart systemd-logind")
