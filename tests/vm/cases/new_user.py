# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody meets who knows nothing of nvresume but its packages: apt install, nvresume setup, a restart, systemctl
hibernate. What was on the screen at each step stays in build/vm/cases/new-user-screens."""

import re
import shlex
import shutil

from harness import debian_guest, dracut_stand_in, fixture_packages, workload
from harness.fixture_cases import LONG, VARIETY, case
from harness.fixture_guests import CASES, TESTS
from harness.nvresume_guest import NvresumeGuest
from harness.root_tree import chroot, discard

COLD_BOOT_S = 60
SCREENS = CASES / "new-user-screens"
QUESTION = "[y/N]"

# As on a machine that has its package lists and a terminal.
APT_UPDATE = "mkdir -p /dev/pts && mount -t devpts devpts /dev/pts; export DEBIAN_FRONTEND=noninteractive; apt-get -qq update"
INSTALL = "apt-get -y install ./nvresume*.deb"
FORGET_PACKAGES = "apt-get clean; rm -rf /var/lib/apt/lists/*"

# Types the answer where the question stands, on a terminal of its own; shows what was on it.
ON_A_TERMINAL = """
mkfifo /run/keys && exec 3<>/run/keys
script -qefc COMMAND /run/screen </run/keys >/dev/null 2>&1 &
until grep -sqF QUESTION /run/screen; do kill -0 $! 2>/dev/null || break; sleep 0.2; done
echo ANSWER >&3
wait $!
status=$?
sed '1d; $d' /run/screen | tr -d '\\r'
rm /run/keys /run/screen
exit $status
"""


@case(LONG, VARIETY)
def new_user(make):
    """From the packages to a resumed session in a fresh Debian: three commands, one question, and every screen kept."""
    shutil.rmtree(SCREENS, ignore_errors=True)
    SCREENS.mkdir(parents=True)
    fixture = make.new(disk_with_packages(), "debian", machine_class=NvresumeGuest)
    fixture.cold_boot_s = COLD_BOOT_S
    fixture.boot()
    expect_one_question(fixture)
    restart(fixture)
    save_and_resume(fixture)
    fixture.power_off()


def disk_with_packages():
    path = CASES / "new-user.raw"
    tree = path.with_suffix(".tree")
    debian_guest.unpack(tree)
    try:
        for source in (workload.tree(), TESTS / "guest/workload"):
            debian_guest.overlay(tree, source)
        fixture_packages.copy_packages(tree, "/root/packages")
        chroot(tree, APT_UPDATE)
        keep_screen("1-install", INSTALL, chroot(tree, f"{APT_UPDATE}; cd /root/packages; {INSTALL}"))
        chroot(tree, FORGET_PACKAGES)
        chroot(tree, dracut_stand_in.PREPARE)
        debian_guest.make_disk(path, tree)
    finally:
        discard(tree)
    return path


def keep_screen(name, command, text):
    (SCREENS / f"{name}.txt").write_text(f"# {command}\n{text}")


def expect_one_question(fixture):
    """A "no" changes nothing and says so; a "y" is the only thing typed, and the last line says what to do next."""
    fixture.phase = "the question, answered no"
    status, said = on_a_terminal(fixture, "nvresume setup", "n")
    keep_screen("2-setup-no", "nvresume setup", said)
    fixture.expect(status != 0 and "nothing was changed" in said, f"a setup that ended at the question:\n{said}")
    fixture.expect_equal("left of it", fixture.run("ls /var/lib/nvresume").status != 0, True)
    fixture.phase = "the question, answered yes"
    status, said = on_a_terminal(fixture, "nvresume setup", "y")
    keep_screen("3-setup", "nvresume setup", said)
    fixture.expect(status == 0 and said.count(QUESTION) == 1, f"one question, and done:\n{said}")
    last = said.rstrip().splitlines()[-3:]
    fixture.expect("systemctl reboot" in "\n".join(last), f"the restart as the next thing to do:\n{said}")


def on_a_terminal(fixture, command, answer):
    words = {"COMMAND": shlex.quote(command), "QUESTION": shlex.quote(QUESTION), "ANSWER": answer}
    result = fixture.run(re.sub("COMMAND|QUESTION|ANSWER", lambda match: words[match[0]], ON_A_TERMINAL))
    return result.status, result.output


def restart(fixture):
    fixture.phase = "restart"
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line("^nvresume: setup finished: .*systemctl hibernate")
    fixture.machine.assert_booted_through_stage()
    keep_screen("4-restart", "systemctl reboot", our_lines(fixture))
    keep_screen("5-check", "nvresume check", fixture.check("nvresume check"))
    keep_screen("6-status", "nvresume status", fixture.check("nvresume status"))


def our_lines(fixture):
    """What the console shows of nvresume in this boot."""
    return "".join(f"{line.text}\n" for line in fixture.machine.boot_lines() if "nvresume" in line.text)


def save_and_resume(fixture):
    fixture.phase = "workload"
    workload.next_state(fixture.machine, fixture.machine.boot_start, fixture.guard_s)
    fixture.save("systemctl hibernate")
    keep_screen("7-save", "systemctl hibernate", our_lines(fixture))
    fixture.power_on()
    fixture.expect_resumed()
    keep_screen("8-resumed", "(power on)", our_lines(fixture))
    keep_screen("9-status", "nvresume status", fixture.check("nvresume status"))
