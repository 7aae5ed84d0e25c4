# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests with nvresume set up in them, each made once; a case takes a clone of the state it starts from."""

import fcntl
import functools
import re
import shutil
import threading
import time

from . import accelerator, disk, fixture_efi, held_memory, small_guest, workload
from .fixture import Fixture
from .fixture_arguments import GRUB_LINES, ArgumentsDisk
from .machine import Machine
from .places import BUILD, TESTS, TOP, ToolFailed, kernel_release, say, tool

CASES = BUILD / "cases"
FACTOR_PERCENT = 200
# Until a cold boot was measured: what a loaded two-core host under TCG needs, tenfold.
FIRST_BOOT_S = {"small": 40, "debian": 80}

# no_timer_check: on a loaded host the kernel's trial of the timer interrupt can fail under emulation, and then it panics.
SMALL_GRUB_CFG = f"""\
set timeout=0
echo 'small: GRUB reads its grub.cfg'
set initrd=/small/initrd
{GRUB_LINES}
search --no-floppy --file --set=root /small/vmlinuz
linux /small/vmlinuz console=ttyS0,115200 quiet no_timer_check $arguments
initrd $initrd
boot
"""

# The modules' index made again without the driver, as a cpio archive to lay over the initramfs.
FORGET_DRIVER = """
    cd "$1" && zstd -q -dc initrd | cpio --quiet -id 'lib' 'usr/lib/modules/*'
    rm -r "usr/lib/modules/$2/updates" && depmod -b . "$2"
    find "usr/lib/modules/$2" -name 'modules.*' | cpio --quiet -o -H newc -R 0:0 >no-driver
"""


# Of this thread, in the order they were made.
_made = threading.local()
_cloning = threading.Lock()


def once(make):
    """Made by the first who asks, also where two threads ask at the same time. What fails half-way is switched off: it
    would take the next try's processor time."""
    lock = threading.Lock()
    cached = functools.cache(make)

    @functools.wraps(make)
    def locked():
        with lock:
            before = len(_fixtures())
            try:
                return cached()
            except BaseException as error:
                error.fixture = _put_aside(_fixtures()[before:])
                raise

    return locked


def _put_aside(fixtures):
    """Switches them off and keeps the files of the one it happened on from the next try, as NAME-failed; returns that one."""
    for fixture in fixtures:
        fixture.machine.keep_registers()
        fixture.close()
    failed = next((fixture for fixture in reversed(fixtures) if fixture.machine.console.lines), None)
    if failed:
        parts = failed.machine.parts
        kept = parts.directory.with_name(f"{parts.directory.name}-failed")
        shutil.rmtree(kept, ignore_errors=True)
        parts.directory = parts.directory.rename(kept)
    return failed


def _fixtures():
    _made.fixtures = getattr(_made, "fixtures", [])
    return _made.fixtures


def _remember(fixture):
    _fixtures().append(fixture)
    return fixture


def claim_files():
    """Keeps the files in build/vm/cases to this process, until it ends."""
    CASES.mkdir(parents=True, exist_ok=True)
    lock = open(CASES / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ToolFailed(f"another run uses {CASES}") from None
    return lock


@once
def install_tree():
    """What `make install` installs, the driver's own test with it."""
    tree = CASES / "install"
    shutil.rmtree(tree, ignore_errors=True)
    tool("make", "-s", "-C", TOP, "install", f"DESTDIR={tree}")
    test = tree / "usr/lib/nvresume-test"
    test.mkdir(parents=True)
    for source in ("driver/test/driver-test.sh", "build/driver/nvm_io"):
        shutil.copy(TOP / source, test)
    return tree


@once
def stays_on_module():
    """stays_on.ko for the guest's kernel (tests/vm/stays-on)."""
    directory = CASES / "stays-on-module"
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(TESTS / "stays-on", directory)
    headers = f"/usr/src/linux-headers-{kernel_release()}"
    tool("make", "-C", headers, f"M={directory}", "W=1", "KCFLAGS=-Werror", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules")
    tool("strip", "--strip-debug", directory / "stays_on.ko")
    return directory / "stays_on.ko"


def small_tree():
    """The small guest's own files (tests/vm/cases/small-guest), a device for tests, and the script that a dracut initramfs
    would run."""
    tree = CASES / "small-tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(TESTS / "cases/small-guest", tree)
    script = tree / "lib/dracut/nvresume-restore.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(stays_on_module(), tree / "lib/stays_on.ko")
    shutil.copy(install_tree() / "usr/lib/dracut/modules.d/55nvresume/nvresume-restore.sh", script)
    return tree


def write_to_esp(guest_disk, path, source):
    tool("mcopy", "-o", "-i", f"{guest_disk}@@{disk.ESP_OFFSET}", source, f"::/{path}")


def write_small_boot_files(guest_disk):
    """The grub.cfg that listens to a test, and an overlay for the initramfs in which the driver is not known."""
    work = guest_disk.with_suffix(".esp")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    tool("mcopy", "-i", f"{guest_disk}@@{disk.ESP_OFFSET}", "::/small/initrd", work / "initrd")
    tool("sh", "-ec", FORGET_DRIVER, "sh", work, kernel_release())
    (work / "grub.cfg").write_text(SMALL_GRUB_CFG)
    write_to_esp(guest_disk, "EFI/debian/grub.cfg", work / "grub.cfg")
    write_to_esp(guest_disk, "small/no-driver", work / "no-driver")
    shutil.rmtree(work)


@once
def small_disk():
    path = CASES / "small.raw"
    small_guest.build(path, [install_tree(), small_tree(), workload.tree(), held_memory.tree()])
    write_small_boot_files(path)
    return path


@once
def chosen_accelerator():
    return accelerator.choose()


def new_fixture(name, guest_disk, kind, machine_class=Machine, **options):
    machine = machine_class(f"cases/{name}", guest_disk, accelerator=chosen_accelerator(), **options)
    arguments = ArgumentsDisk(machine.parts.directory / "arguments.raw")
    machine.parts.extra += arguments.qemu_options()
    return _remember(Fixture(machine, arguments, FIRST_BOOT_S[kind]))


def clone(fixture, name):
    """Another machine in the state `fixture` was switched off in."""
    with _cloning:  # two lanes may clone the same one
        extra, fixture.machine.parts.extra = fixture.machine.parts.extra, []
        machine = fixture.machine.clone(f"cases/{name}")
        fixture.machine.parts.extra = extra
    arguments = ArgumentsDisk(machine.parts.directory / "arguments.raw")
    machine.parts.extra = arguments.qemu_options()
    other = Fixture(machine, arguments, fixture.cold_boot_s)
    other.saved = fixture.saved
    other.saving = fixture.saving
    other.ended_early = fixture.ended_early
    return _remember(other)


def nvm_range(fixture):
    """(base, bytes) of the NVDIMM, as the kernel lists it once it has read the NFIT."""
    listed = fixture.check("modprobe nfit && grep 'Persistent Memory' /proc/iomem")
    first, last = re.search(r"([0-9a-f]+)-([0-9a-f]+) :", listed).groups()
    return int(first, 16), int(last, 16) - int(first, 16) + 1


def set_up_small(fixture):
    fixture.boot()
    set_up_range(fixture, *nvm_range(fixture))


def set_up_range(fixture, range_base, range_bytes):
    """What `nvresume setup` does where there are GRUB and dracut: boot entry, configuration, and at the next boot its own
    second step. REQUIRES: the machine is up. Ends with it off."""
    loader = "\\EFI\\debian\\grubx64.efi"
    fixture.check(f"efibootmgr -q -c -d /dev/vda -p 1 -L nvresume -l '\\EFI\\nvresume\\nvresume.efi' -u '{loader}'")
    fixture_efi.write(fixture.machine, "NvresumeConfig", fixture_efi.config(range_base, range_bytes, FACTOR_PERCENT, loader))
    fixture.check("sync")
    fixture.machine.reboot(fixture.guard_s)
    fixture.check(
        "mkdir -p /var/lib/nvresume && "
        f"echo range=0x{range_base:x}+0x{range_bytes:x} >/var/lib/nvresume/unfinished && nvresume setup --finish 2>&1"
    )
    fixture.power_off()


@once
def small_ready():
    """Set up; nothing saved yet."""
    fixture = new_fixture("small-ready", small_disk(), "small")
    set_up_small(fixture)
    # The boot every hang guard is measured by: through the stage, with nothing to resume.
    begin_s = time.monotonic()
    fixture.power_on()
    fixture.expect_no_image()
    fixture.cold_boot_s = time.monotonic() - begin_s
    fixture.power_off()
    say(f"small guest: a cold boot takes {fixture.cold_boot_s:.1f} s")
    return fixture


@once
def small_saved():
    """A saved image, the machine off."""
    fixture = clone(small_ready(), "small-saved")
    fixture.boot()
    fixture.start_workload()
    fixture.save()
    return fixture
