# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian guest with nvresume set up by its own `nvresume setup`, made once."""

import time

from . import debian_guest, disk, fixture_guests, workload
from .fixture_guests import CASES, new_fixture, once
from .nvresume_guest import NvresumeGuest
from .places import TESTS, kernel_release, say

WITHOUT_SYSTEMD = "/boot/initrd.img-without-systemd"
# Laid over an initramfs, it leaves a driver that no kernel takes.
BROKEN_DRIVER = "/boot/broken-driver"
MAKE_BROKEN_DRIVER = f"""
    mkdir /run/overlay && cd /run/overlay && mkdir -p usr/lib/modules/{kernel_release()}/updates
    echo broken >usr/lib/modules/{kernel_release()}/updates/nvm_swap.ko
    find usr | cpio --quiet -o -H newc >{BROKEN_DRIVER}
"""


def grub_entry(initramfs, arguments=""):
    """GRUB script for one boot: the guest's own entry with another initramfs."""
    arguments = (
        f"root=UUID={disk.ROOT_UUID} ro console=ttyS0,115200 no_timer_check "
        f"resume=/dev/NVM_SWAP resumeflags=x-systemd.device-timeout=20s {arguments}"
    )
    return f"""
menuentry other --id other {{
  search --no-floppy --fs-uuid --set=root {disk.ROOT_UUID}
  linux /boot/vmlinuz-{kernel_release()} {arguments}
  initrd {initramfs}
}}
set default=other
"""


@once
def guest_disk():
    path = CASES / "debian.raw"
    initramfs = f"/boot/initrd.img-{kernel_release()}"
    trees = [fixture_guests.install_tree(), workload.tree(), TESTS / "guest/workload", TESTS / "cases/debian-guest"]
    debian_guest.build(path, trees, [
        f"cp {initramfs} /boot/initrd.img-without", "nvresume setup --files-only", "update-grub",
        # nd_pmem: there for tests of who takes the range. dracut itself adds nfit alone.
        f"dracut --quiet --force --kver {kernel_release()} --omit systemd --add-drivers nd_pmem {WITHOUT_SYSTEMD}",
        MAKE_BROKEN_DRIVER,
    ])
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
