# SPDX-License-Identifier: GPL-2.0-or-later
"""Power cuts between the power-on and the restore. Nothing was touched: the next boot resumes, unless the boot that was cut
was another system's. Every step of save and resume: cuts_save.py, cuts_resume.py."""

import re

from harness import fixture_direct
from harness.fixture_cases import MATRIX, case
from harness.fixture_nvm import COMMITTED

STAGE = "^nvresume: starting "
GRUB = "^small: GRUB reads its grub.cfg"
KERNEL = r"^\[    0\.000000\]"
INITRAMFS = "^small: init"
# The kernel's own lines, from the first one on: the guest's boot is quiet otherwise.
TALKATIVE = "earlyprintk=ttyS0,115200 loglevel=7"
CUT_OFF = r"boot \d+ was cut off before its restore began"


def counts(fixture):
    """(boots since the save, attempts), of both copies."""
    copies = [fixture.nvm.superblock(copy) for copy in ("A", "B")]
    found = [(copy.boot_count - copy.saved_boot_count, copy.attempt_count) for copy in copies]
    fixture.expect_equal("counts of copy B", found[1], found[0])
    return found[0]


def cut(fixture, line, expected_counts, arguments="", script=""):
    """One boot up to this line, and what it has left in the NVM."""
    fixture.power_on(arguments, script)
    fixture_direct.cut_power_at(fixture, line)
    fixture.expect_equal("states", fixture.nvm.states(), (COMMITTED, COMMITTED))
    fixture.expect_equal("boots and attempts since the save", counts(fixture), expected_counts)


def expect_cut_told(fixture, told):
    """In the record of the attempt that brought the session back."""
    text = fixture.inspect()["attempts"][-1]["text"]
    fixture.expect_equal(f"`{CUT_OFF}` in `{text}`", bool(re.search(CUT_OFF, text)), told)


@case(tier=MATRIX)
def cut_in_stage(make):
    """Cut when the stage starts the loader: nothing is counted, and the next boot resumes."""
    fixture = make.saved()
    cut(fixture, STAGE, (0, 0))
    fixture.power_on()
    fixture.expect_resumed()


@case(tier=MATRIX)
def cut_in_grub(make):
    """Cut while GRUB runs, three times: nothing is counted, and the next boot resumes."""
    fixture = make.saved()
    for _ in range(3):
        cut(fixture, GRUB, (0, 0))
    fixture.power_on()
    fixture.expect_resumed()
    expect_cut_told(fixture, False)


@case(tier=MATRIX)
def cut_in_kernel(make):
    """Cut at the kernel's first line: the boot is counted as an attempt, and the next one resumes and says so."""
    fixture = make.saved()
    cut(fixture, KERNEL, (1, 1), TALKATIVE)
    fixture.power_on()
    fixture.expect_resumed()
    expect_cut_told(fixture, True)


@case(tier=MATRIX)
def cut_in_initramfs(make):
    """Cut when the initramfs starts, before anything of the restore: the next boot resumes and says so."""
    fixture = make.saved()
    cut(fixture, INITRAMFS, (1, 1))
    fixture.power_on()
    fixture.expect_resumed()
    expect_cut_told(fixture, True)


@case(tier=MATRIX, part="cuts")
def cut_in_kernel_until_the_limit(make):
    """Cut in the kernel twice: the attempts are used up, and the third boot is an ordinary one that says so."""
    fixture = make.saved()
    cut(fixture, KERNEL, (1, 1), TALKATIVE)
    cut(fixture, KERNEL, (2, 2), TALKATIVE)
    fixture.power_on()
    fixture.expect_refusal("attempt-limit", "2 times")
    fixture.expect_image_gone()


@case(tier=MATRIX, part="cuts")
def cut_in_kernel_of_another_initramfs(make):
    """The same cut, of an initramfs with another one laid over it: that may have been any system."""
    other_system(make, script="set initrd='/small/initrd /small/no-driver'")


@case(tier=MATRIX, part="cuts")
def cut_in_kernel_of_another_system(make):
    """The same cut, of our initramfs that starts another system."""
    other_system(make, arguments="rdinit=/sbin/other-system")


def other_system(make, arguments="", script=""):
    fixture = make.saved()
    cut(fixture, KERNEL, (1, 0), f"{TALKATIVE} {arguments}", script)
    fixture.power_on()
    fixture.expect_refusal("other-boot", r"boot \d+")
    fixture.expect_image_gone()
