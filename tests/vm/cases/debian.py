# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian guest: what systemd, dracut, GRUB and `systemctl hibernate` have a part in."""

from harness import cycle, disk, fixture_debian, fixture_guests, workload
from harness.fixture_cases import LONG, case
from harness.places import kernel_release

CYCLES = 3

# An entry with the initramfs that dracut made before nvresume was set up.
WITHOUT_NVRESUME = f"""
menuentry without --id without {{
  search --no-floppy --fs-uuid --set=root {disk.ROOT_UUID}
  linux /boot/vmlinuz-{kernel_release()} root=UUID={disk.ROOT_UUID} console=ttyS0,115200 resume=/dev/NVM_SWAP resumeflags=x-systemd.device-timeout=20s
  initrd /boot/initrd.img-without
}}
set default=without
"""


@case(LONG)
def three_cycles(make):
    """`systemctl hibernate`, power-off, power-on, three times: firmware, our boot entry, GRUB's grub.cfg, kernel, resumed."""
    fixture = make.clone(fixture_debian.ready())
    guest = fixture.machine
    fixture.boot()
    guest.assert_booted_through_stage()
    for number in range(1, CYCLES + 1):
        fixture.phase = f"cycle {number}"
        entry = cycle.run(guest)
        guest.assert_booted_through_stage()
        fixture.expect_line("^ *Loading Linux")  # only the generated grub.cfg says it
        fixture.expect_equal("path", entry["path"], "initramfs")
        make.note(f"{entry['image_bytes'] >> 20} MiB, session after {entry['handoff_to_session_s']:.1f} s")


@case(LONG)
def initramfs_without_nvresume(make):
    """An initramfs without driver and program while an image waits: Debian comes up, and its first unit drops the image."""
    fixture = make.clone(fixture_debian.ready())
    fixture.boot()
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start)
    fixture.save("systemctl hibernate")
    fixture.power_on(script=WITHOUT_NVRESUME)
    fixture.expect_up()
    superblock = fixture.inspect()["superblock"]
    fixture.expect_equal("state, reason", (superblock["state"], superblock["reason"]), ("failed", "not-in-initramfs"))
    fixture.expect(fixture.boot_id() != fixture.saved.boot_id, "another boot id than the saved session's")
    fixture.check("swapon --show=NAME --noheadings | grep nvm_swap0")
    fixture.expect_equal("failed units", fixture.run("systemctl --failed --no-legend").output, "")
