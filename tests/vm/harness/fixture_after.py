# SPDX-License-Identifier: GPL-2.0-or-later
"""What must work in a session that was resumed: each verb asks the kernel for something that a hand-over can break."""

import os

from . import fixture_efi
from .places import tool

# What `grep -c` counts in the kernel's log before and after.
WARNINGS = "WARNING: |BUG: |Oops|Call Trace:|I/O error|timed out"
POWER_BUTTON = "/sys/firmware/acpi/interrupts/ff_pwr_btn"
STICK_BYTES = 4 << 20
# QEMU's user network: the guest's address and the router, which answers pings itself.
GUEST_ADDRESS, ROUTER = "10.0.2.15", "10.0.2.2"


def count_warnings(fixture):
    return int(fixture.check(f"dmesg | grep -cE '{WARNINGS}' || true"))


def expect_quiet_log(fixture, before):
    after = count_warnings(fixture)
    fixture.expect(after <= before, f"no new warning in the kernel's log:\n{fixture.run('dmesg | tail -40').output}")


def expect_disk(fixture):
    """A write reaches the disk: it is read back from there."""
    fixture.phase = "disk"
    fixture.check(
        "dd if=/dev/urandom of=/data/after bs=64k count=16 2>/dev/null && md5sum /data/after >/run/after && sync && "
        "echo 3 >/proc/sys/vm/drop_caches && md5sum -c /run/after"
    )


def expect_processors(fixture):
    """Every processor runs what it is told to."""
    fixture.phase = "processors"
    count = fixture.machine.parts.hardware.cpus
    fixture.expect_equal("processors", fixture.check("grep -c ^processor /proc/cpuinfo").strip(), str(count))
    fixture.check(f"for cpu in $(seq 0 {count - 1}); do taskset -c $cpu md5sum /init || exit 1; done")


def expect_power_button(fixture):
    """The ACPI interrupt arrives. REQUIRES: the `button` driver was loaded before the save."""
    fixture.phase = "power button"
    before = int(fixture.check(f"cat {POWER_BUTTON}").split()[0])
    fixture.machine.qemu.qmp("system_powerdown")
    fixture.check(
        f"for i in $(seq 300); do read count rest <{POWER_BUTTON}; [ $count -gt {before} ] && exit 0; sleep 0.1; done; "
        f"cat {POWER_BUTTON}; exit 1"
    )


def expect_efi_variables(fixture):
    """A variable is written through the firmware's runtime services and read back through them."""
    fixture.phase = "EFI variables"
    fixture_efi.write(fixture.machine, "NvresumeTest", b"after")
    fixture.check(f"grep -q after {fixture_efi.DIRECTORY}/NvresumeTest-{fixture_efi.VENDOR}")


def expect_clock(fixture):
    """The system's clock was set from the hardware's, which goes on. Both count whole seconds."""
    fixture.phase = "clock"
    fixture.check(
        "rtc=/sys/class/rtc/rtc0/since_epoch; read first <$rtc; earlier=$(date +%s); read second <$rtc; later=$(date +%s); "
        "[ $((second - earlier)) -ge -2 ] && [ $((later - second)) -ge -2 ] || { echo $earlier $second $later; exit 1; }; "
        "for i in $(seq 100); do read second <$rtc; [ $second -gt $first ] && exit 0; sleep 0.1; done; exit 1"
    )


def start_network(fixture):
    fixture.check(f"ifconfig eth0 {GUEST_ADDRESS} up")
    expect_network(fixture)


def expect_network(fixture):
    """The router answers. What is sent before the link is up is dropped, and that takes the adapter seconds."""
    fixture.phase = "network"
    fixture.check(
        "for i in $(seq 300); do grep -q 1 /sys/class/net/eth0/carrier && break; sleep 0.1; done; "
        f"ping -c 3 -W 30 {ROUTER} || {{ ifconfig eth0; dmesg | grep -E 'e1000e|eth0' | tail; exit 1; }}"
    )


def make_stick(path):
    path.write_bytes(os.urandom(STICK_BYTES))


def expect_stick(fixture, path):
    """The disk behind xHCI is read, all of it."""
    fixture.phase = "USB disk"
    wanted = tool("md5sum", path).split()[0]
    fixture.check("for i in $(seq 300); do [ -b /dev/sda ] && exit 0; sleep 0.1; done; exit 1")
    found = fixture.check(f"echo 3 >/proc/sys/vm/drop_caches; head -c {STICK_BYTES} /dev/sda | md5sum").split()[0]
    fixture.expect_equal("checksum of the USB disk", found, wanted)
