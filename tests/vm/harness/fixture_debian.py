# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian guest with nvresume set up by its own `nvresume setup`, made once."""

import time

from . import debian_guest, fixture_guests, workload
from .fixture_guests import CASES, new_fixture, once
from .nvresume_guest import NvresumeGuest
from .places import TESTS, kernel_release, say


@once
def guest_disk():
    path = CASES / "debian.raw"
    initramfs = f"/boot/initrd.img-{kernel_release()}"
    trees = [fixture_guests.install_tree(), workload.tree(), TESTS / "guest/workload", TESTS / "cases/debian-guest"]
    debian_guest.build(path, trees, [f"cp {initramfs} /boot/initrd.img-without", "nvresume setup --files-only", "update-grub"])
    return path


@once
def ready():
    """Set up and off; nothing saved yet."""
    fixture = new_fixture("debian-ready", guest_disk(), "debian", machine_class=NvresumeGuest)
    fixture.machine.set_up()
    fixture.power_off()
    begin_s = time.monotonic()
    fixture.boot()
    fixture.cold_boot_s = time.monotonic() - begin_s
    fixture.power_off()
    say(f"Debian guest: a cold boot takes {fixture.cold_boot_s:.1f} s")
    return fixture
