# SPDX-License-Identifier: GPL-2.0-or-later
"""KVM where it works, else TCG."""

from . import qemu, small_guest
from .machine import Machine
from .places import BUILD, ToolFailed, say

TRIAL_S = 20


def choose():
    """A KVM that is offered is tried: the guest's first user-space line within 20 s, or it is not used."""
    if not qemu.may_have_kvm():
        say("no vmx or svm in /proc/cpuinfo: QEMU emulates the CPU (TCG)")
        return qemu.TCG
    disk = BUILD / "trial.raw"
    small_guest.build(disk)
    with Machine("trial", disk, accelerator=qemu.KVM) as machine:
        try:
            machine.power_on()
            machine.wait_for("small: init", TRIAL_S)
        except (TimeoutError, ToolFailed) as error:
            say(f"KVM is offered but does not work ({error}): TCG")
            return qemu.TCG
    say("KVM works")
    return qemu.KVM
