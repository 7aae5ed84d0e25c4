# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest that is measured, twice: hibernate=nocompress is something a kernel is started with, so what it saves comes from
a guest of its own, otherwise the same. Only one of them runs at a time; the other is stopped where it is."""

import contextlib
import time

from harness import debian_guest, fixture_direct, fixture_guests, workload
from harness.fixture import Failed, Fixture
from harness.machine import GIB
from harness.nvresume_guest import NvresumeGuest
from harness.places import BUILD, TESTS, ToolFailed, say

from . import nvm_memory

CONSOLE_LINES = 15
CPUS = 2
# A snapshot is half of memory at most, and near that the kernel reclaims and swaps before it: not what is compared here.
MEMORY_MIB = 1536
NVM_BYTES = 3 * GIB
# Program text and kernel modules compress as what memory is full of does. So much of it that the 20 MiB which a saving
# nvresume has itself, and which are in its images, stay below a twentieth.
BALLAST_MIB = 360
# The kernel's own way would swap the ballast out until the image is below two fifths of memory, and compare a smaller one.
FILL = f"""
    echo {MEMORY_MIB << 20} >/sys/power/image_size &&
    mkdir -p /run/ballast && mount -t tmpfs -o size=50% tmpfs /run/ballast &&
    tar -C /usr -cf - lib bin sbin share 2>/dev/null | head -c {BALLAST_MIB}M >/run/ballast/file &&
    [ $(stat -c %s /run/ballast/file) = {BALLAST_MIB << 20} ] && md5sum /run/ballast/file >/run/ballast/sum
"""
NOCOMPRESS = "hibernate=nocompress"
ADD_NOCOMPRESS = f"sed -i 's/ quiet/ quiet {NOCOMPRESS}/' /boot/grub/grub.cfg && sync"
DROP_NOCOMPRESS = f"sed -i 's/ {NOCOMPRESS}//' /boot/grub/grub.cfg && sync"


class NoArguments:
    """These machines boot what is on their own disk, with nothing said from outside."""

    def write(self, text):
        pass


class Guests:
    def __init__(self):
        nvm_memory.start()
        base = _make_base()
        self.plain, self.nocompress = (_clone(base, name) for name in ("plain", "nocompress"))

    def close(self):
        for fixture in (self.plain, self.nocompress):
            fixture.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def set_up(self, direct):
        """The plain guest to its own command line; for the direct variant tried once, which the machine remembers."""
        with self.alone(self.plain):
            start_up(self.plain)
            self.plain.check(DROP_NOCOMPRESS)
            if direct:
                say("nvresume trial, for the direct variant")
                fixture_direct.try_out(self.plain)

    def of(self, variant):
        return self.nocompress if variant.nocompress else self.plain

    @contextlib.contextmanager
    def alone(self, fixture):
        """The other guest is stopped meanwhile. What fails ends with this one off, and says what its console said."""
        other = self.plain if fixture is self.nocompress else self.nocompress
        _tell(other, "stop")
        _tell(fixture, "cont")
        try:
            yield
        except (Failed, ToolFailed, TimeoutError) as error:
            fixture.cut_power()
            raise ToolFailed(describe(fixture, error)) from error


def describe(fixture, error):
    console = "\n".join(f"  | {line}" for line in fixture.machine.console.tail(CONSOLE_LINES))
    expected = "expected " if isinstance(error, Failed) else ""
    phase = error.phase if isinstance(error, Failed) else fixture.phase
    return f"{phase}: {expected}{error}\nlast console lines ({fixture.machine.parts.directory}/console.log):\n{console}"


def _tell(fixture, command):
    if fixture.machine.alive():
        fixture.machine.qemu.qmp(command)


def start_up(fixture):
    """An ordinary boot that is not measured."""
    begin_s = time.monotonic()
    fixture.boot()
    fixture.cold_boot_s = time.monotonic() - begin_s
    fixture.saved = workload.next_state(fixture.machine, fixture.machine.boot_start, fixture.guard_s)


def make_ready(fixture):
    """Up, with what every image is made of besides the system itself."""
    if not fixture.machine.alive():
        start_up(fixture)
        fill(fixture)


def fill(fixture):
    option = NOCOMPRESS in fixture.check("cat /proc/cmdline")
    fixture.expect_equal(f"{NOCOMPRESS} on the command line", option, "nocompress" in fixture.machine.parts.name)
    fixture.phase = "filling memory"
    fixture.check(FILL)


def expect_whole(fixture):
    """Every byte of the ballast came through all that was measured since it was made."""
    fixture.phase = "reading memory"
    fixture.check("md5sum --quiet -c /run/ballast/sum")


def _make_base():
    """Set up by `nvresume setup`, off, and with hibernate=nocompress for its next boots."""
    disk = BUILD / "bench/guest.raw"
    trees = [fixture_guests.install_tree(), workload.tree(), TESTS / "guest/workload", TESTS.parent / "bench/guest"]
    debian_guest.build(disk, trees, ["nvresume setup --files-only", "update-grub"])
    machine = NvresumeGuest("bench/base", disk, NVM_BYTES, MEMORY_MIB, fixture_guests.chosen_accelerator())
    machine.parts.hardware.cpus = CPUS
    with machine:
        machine.set_up()
        machine.check(ADD_NOCOMPRESS)
        machine.power_off()
    return machine


def _clone(base, name):
    machine = base.clone(f"bench/{name}")
    nvm_memory.move_into(machine)
    return Fixture(machine, NoArguments(), fixture_guests.FIRST_BOOT_S["debian"])
