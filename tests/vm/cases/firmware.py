# SPDX-License-Identifier: GPL-2.0-or-later
"""What firmware and its settings do to the stage, and what the stage leaves of the memory map (docs/firmware.md)."""

import json
import re

from harness import fixture_efi, fixture_guests, qemu
from harness.fixture_cases import VARIETY, case
from harness.fixture_tpm import Tpm
from harness.machine import GIB, make_sparse

VARIABLE = f"{fixture_efi.DIRECTORY}/NvresumeConfig-{fixture_efi.VENDOR}"
PUBLISHED = f"{fixture_efi.DIRECTORY}/NvresumeRange-{fixture_efi.VENDOR}"
RANGE_BASE = 0x1_0000_0000
# Commands that GRUB measures: a TPM's event log grows by more than 100 bytes for each, 60 of them by more than a page.
ADD_COMMANDS = (
    "cd /esp/EFI/debian && for i in $(seq 60); do echo set note$i=something-that-GRUB-measures; done >/run/grub.cfg && "
    "cat grub.cfg >>/run/grub.cfg && cp /run/grub.cfg . && sync"
)


@case(tier=VARIETY)
def two_nvdimms(make):
    """A second module beside the one set up: saved to and resumed from the first, not a byte of the second changed."""
    fixture = make.ready()
    second = fixture.machine.parts.directory / "nvdimm2"
    make_sparse(second, GIB)
    with open(second, "r+b") as file:
        file.write(b"somebody's" * 1000)
    before = checksum(second)
    fixture.machine.parts.extra += [
        "-object", f"memory-backend-file,id=nvm2,share=on,mem-path={second},size={GIB}",
        "-device", "nvdimm,id=nvdimm2,memdev=nvm2",
    ]
    fixture.boot()
    fixture.expect_line(rf"^nvresume: NVM at 0x{RANGE_BASE:x}: ")
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    fixture.power_off()
    fixture.expect_equal("the second module's start", checksum(second), before)


def checksum(path):
    """Of the part that anybody who takes a range for his own writes first."""
    with open(path, "rb") as file:
        return file.read(16 << 20)


@case()
def config_deleted(make):
    """NvresumeConfig is gone, as after clearing firmware's settings: said, and range and loader are found all the same."""
    fixture = make.ready()
    fixture.boot()
    fixture.check(f"chattr -i {VARIABLE}; rm {VARIABLE}")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line(r"^nvresume: no usable configuration \(.*not found")
    fixture.expect_line(rf"^nvresume: NVM at 0x{RANGE_BASE:x}: ")
    fixture.expect_line(r"^nvresume: starting \\EFI\\debian\\grubx64.efi")
    fixture.expect_recorded("no-image")


@case(tier=VARIETY)
def loader_missing(make):
    """The configured loader is gone: another place's is started, and without any firmware goes on, with its memory back."""
    fixture = make.ready()
    fixture.boot()
    fixture.check("mkdir /esp/EFI/fedora && mv /esp/EFI/debian/grubx64.efi /esp/EFI/fedora/ && sync")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line(r"^nvresume: cannot load \\EFI\\debian\\grubx64.efi: LoadImage failed: not found")
    fixture.expect_line(r"^nvresume: starting \\EFI\\fedora\\grubx64.efi")
    fixture.expect_recorded("no-image")
    fixture.check("rm /esp/EFI/fedora/grubx64.efi && sync")
    fixture.machine.reboot(fixture.guard_s)
    fixture.expect_line(r"^nvresume: no boot loader was found .*back to firmware")
    # Firmware went on with \EFI\BOOT\BOOTX64.EFI, which is GRUB: as if there were no stage.
    fixture.check(f"test ! -e {PUBLISHED}")
    fixture.expect(not any(start == RANGE_BASE for start, _, _ in memory_map(fixture)), "the range to be in no map entry")
    fixture.expect_recorded("no-range")


@case(tier=VARIETY)
def removable_path(make):
    """Firmware forgot everything and starts a copy of the stage at \\EFI\\BOOT: it finds range and loader, not itself."""
    fixture = make.ready()
    fixture.boot()
    known = memory_map(fixture)
    fixture.check("cp /esp/EFI/nvresume/nvresume.efi /esp/EFI/BOOT/BOOTX64.EFI && sync")
    fixture.power_off()
    qemu.new_firmware_variables(fixture.machine.parts.variables)
    fixture.boot()
    fixture.expect_line(r"^nvresume: no usable configuration \(.*not found")
    fixture.expect_line(rf"^nvresume: NVM at 0x{RANGE_BASE:x}: ")
    fixture.expect_line(r"^nvresume: starting \\EFI\\debian\\grubx64.efi")
    fixture.expect_recorded("no-image")
    make.note(difference(known, memory_map(fixture)) or "same memory map")


@case(tier=VARIETY)
def memory_map_stable(make):
    """Five boots and a resume, with an edited grub.cfg and another command line: one memory map."""
    expect_one_map(make.ready())


@case(tier=VARIETY)
def memory_map_with_tpm(make):
    """The same with a TPM 2: GRUB's own loader ends boot services itself, so the event log is in nobody's memory map."""
    fixture = make.ready()
    Tpm(fixture.machine)
    expect_one_map(fixture)
    fixture.check("test -e /sys/class/tpm/tpm0")


def expect_one_map(fixture):
    maps = boots_of_all_kinds(fixture)
    for name, found in maps.items():
        changes = difference(maps["first"], found)
        fixture.expect(not changes, f"the first boot's memory map, {name}: {changes}")


# A menu that waits; only the key `o` leads to the other entry, only nothing at all to the first.
MENU = """
if [ -z "$menu" ]; then
  set menu=1
  export menu test arguments
  configfile ($test)/test.cfg
fi
set timeout=%d
set default=0
menuentry 'usual' {
  search --no-floppy --file --set=root /small/vmlinuz
  linux /small/vmlinuz console=ttyS0,115200 quiet no_timer_check $arguments
  initrd /small/initrd
}
menuentry 'other' --hotkey=o {
  echo 'guest: picked'
  search --no-floppy --file --set=root /small/vmlinuz
  linux /small/vmlinuz console=ttyS0,115200 quiet no_timer_check $arguments pick=menu
  initrd /small/initrd
}
echo 'guest: menu'
"""
MENU_WAITS_S = 600


@case(tier=VARIETY)
def menu_pick(make):
    """An entry picked in GRUB's menu by a key: the same memory map; saved there, resumed by the entry nobody picks."""
    fixture = make.ready()
    fixture.boot(script=MENU % 1)
    known = memory_map(fixture)
    fixture.expect("pick=menu" not in fixture.check("cat /proc/cmdline"), "the entry nobody picks")
    fixture.power_off()
    fixture.power_on(script=MENU % MENU_WAITS_S)
    pick(fixture)
    fixture.expect_up()
    fixture.expect("pick=menu" in fixture.check("cat /proc/cmdline"), "the entry that was picked")
    fixture.expect_equal("memory map after a pick", difference(known, memory_map(fixture)), "")
    fixture.start_workload()
    fixture.save()
    fixture.power_on(script=MENU % 1)
    fixture.expect_resumed()


def pick(fixture):
    """The key, until GRUB has read it: it throws away what was typed before its menu stood."""
    fixture.expect_line("guest: menu")
    for _ in range(60):
        fixture.machine.console.send(b"o")
        try:
            return fixture.machine.wait_for("guest: picked", 2)
        except TimeoutError:
            continue
    return fixture.expect_line("guest: picked")


# GRUB starts the kernel as an EFI program: its stub runs, and copies the TPM's event log into the memory map.
STUB = r"""
search --no-floppy --file --set=root /small/vmlinuz
chainloader /small/vmlinuz 'initrd=\small\initrd' console=ttyS0,115200 quiet no_timer_check $arguments
boot
"""
MORE_MEASURED = "".join(f"set note{number}=something-that-GRUB-measures\n" for number in range(400))


@case(tier=VARIETY)
def event_log_in_the_map(make):
    """The kernel's EFI stub and a TPM: `check` foretells that an edited menu moves the map, and so it does."""
    # There from the first boot on: a TPM that is added later moves firmware's own map, and check tells that first.
    fixture = make.new(fixture_guests.small_disk(), "small")
    Tpm(fixture.machine)
    fixture_guests.set_up_small(fixture)
    fixture.boot(script=STUB)
    found = next(row for row in json.loads(fixture.run("nvresume check --json 2>/dev/null").output)["checks"] if row["name"] == "memory-map")
    fixture.expect_equal("verdict on the memory map", found["verdict"], "warn")
    fixture.expect(re.search(r"event log \(\d+ bytes now\)", found["found"]), f"the event log as the reason, found {found}")
    fixture.start_workload()
    fixture.save()
    fixture.power_on(script=MORE_MEASURED + STUB)
    fixture.expect_refusal("memory-map-changed")


def boots_of_all_kinds(fixture):
    """{what was special: the memory map}. A resume in the middle proves by the kernel's own comparison that its boot kernel had
    the map of the boot that saved."""
    maps = {}

    fixture.boot()
    maps["first"] = memory_map(fixture)
    fixture.power_off()
    fixture.boot()
    maps["second"] = memory_map(fixture)
    fixture.start_workload()
    fixture.save()
    fixture.power_on()
    fixture.expect_resumed()
    fixture.power_off()
    fixture.boot(arguments="pick=another-entry")
    maps["other command line"] = memory_map(fixture)
    fixture.check(ADD_COMMANDS)
    fixture.power_off()
    fixture.boot()
    maps["edited grub.cfg"] = memory_map(fixture)
    fixture.power_off()
    fixture.boot()
    maps["edited grub.cfg, again"] = memory_map(fixture)
    return maps


def memory_map(fixture):
    """[(start, end, type)] as firmware gave it to the kernel, ascending."""
    text = fixture.check("cd /sys/firmware/memmap && for entry in *; do echo $(cat $entry/start $entry/end $entry/type); done")
    entries = [re.match(r"(\w+) (\w+) (.+)", line).groups() for line in text.splitlines()]
    return sorted((int(start, 16), int(end, 16), kind) for start, end, kind in entries)


def difference(before, after):
    """The entries only one of the two maps has, in words; empty where they are equal."""
    changes = [(entry, "-") for entry in before if entry not in after] + [(entry, "+") for entry in after if entry not in before]
    return " ".join(f"{sign}[{start:x}-{end:x} {kind}]" for (start, end, kind), sign in sorted(changes))
