# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine the figures are of: host and guest."""

import os
import platform
import re
import subprocess
import time

from harness import fixture_guests, qemu
from harness.places import TOP, kernel_release, tool

from . import guests


def describe(rounds):
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": _commit(),
        "rounds": rounds,
        "host_cpu": _host_cpu(),
        "host_cpus": os.cpu_count(),
        "host_kernel": platform.release(),
        "qemu": re.search(r"version (\S+)", tool("qemu-system-x86_64", "--version"))[1],
        "accelerator": "KVM" if fixture_guests.chosen_accelerator() == qemu.KVM else "TCG",
        "guest_kernel": kernel_release(),
        "guest_cpus": guests.CPUS,
        "guest_memory_mib": guests.MEMORY_MIB,
        "guest_nvm_mib": guests.NVM_BYTES >> 20,
    }


def _host_cpu():
    with open("/proc/cpuinfo") as cpuinfo:
        names = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit():
    """Empty where this tree is no git repository."""
    command = ["git", "-C", TOP, "rev-parse", "--short=10", "HEAD"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip()
