# SPDX-License-Identifier: GPL-2.0-or-later
"""The board's own watchdog timer (the TCO of Intel's ICH9), and the ACPI table that describes it, which QEMU lacks: WDAT as
Microsoft's Hardware Watchdog Timers Design Specification 1.01 lays it out, registers as Intel's ICH9 datasheet has them."""

import re
import socket
import struct

# OVMF puts the ACPI registers at 0x600; the timer's follow 0x60 behind (ICH9 datasheet, 13.9).
RELOAD, CONTROL, TIMER = 0x660, 0x668, 0x672
HALT_BIT = 11
# Its counts are of 0.6 s. 110 of them are 66 s: above the minute that the stage wants.
COUNT_MS, MINIMUM, MAXIMUM = 600, 4, 110
# "No reboot" in the chipset's configuration, at RCBA: OVMF's 0xfed1c000 (ICH9 datasheet, 10.1.75).
GENERAL_CONTROL, NO_REBOOT_BIT = 0xFED1F410, 5

_MEMORY, _PORT = 0, 1
_READ_VALUE, _READ_COUNT, _WRITE_VALUE, _WRITE_COUNT, _PRESERVE = 0, 1, 2, 3, 0x80
_INSTRUCTIONS = (
    # action, kind, space, bits, offset, access, address, value, mask
    (1, _WRITE_VALUE, _PORT, 16, 0, 2, RELOAD, 1, 0xFFFF),  # reset
    (4, _READ_COUNT, _PORT, 16, 0, 2, RELOAD, 0, 0x3FF),  # current countdown
    (6, _WRITE_COUNT | _PRESERVE, _PORT, 16, 0, 2, TIMER, 0, 0x3FF),  # set countdown
    (8, _READ_VALUE, _PORT, 16, HALT_BIT, 2, CONTROL, 0, 1),  # running?
    (9, _WRITE_VALUE | _PRESERVE, _PORT, 16, HALT_BIT, 2, CONTROL, 0, 1),  # run
    (10, _READ_VALUE, _PORT, 16, HALT_BIT, 2, CONTROL, 1, 1),  # stopped?
    (11, _WRITE_VALUE | _PRESERVE, _PORT, 16, HALT_BIT, 2, CONTROL, 1, 1),  # stop
    (17, _WRITE_VALUE | _PRESERVE, _MEMORY, 32, NO_REBOOT_BIT, 3, GENERAL_CONTROL, 0, 1),  # the end resets the machine
)
_ENABLED = 1


def devices(directory):
    """Options for QEMU: the table, and a board whose strap lets the timer reset it."""
    path = directory / "wdat"
    body = struct.pack("<IHBBB3xIIIB3xI", 32, 0xFF, 0xFF, 0xFF, 0xFF, COUNT_MS, MAXIMUM, MINIMUM, _ENABLED, len(_INSTRUCTIONS))
    for action, kind, space, bits, offset, access, address, value, mask in _INSTRUCTIONS:
        body += struct.pack("<BBxxBBBBQII", action, kind, space, bits, offset, access, address, value, mask)
    path.write_bytes(body)
    return (
        "-acpitable", f"sig=WDAT,rev=1,oem_id=NVRES,oem_table_id=TCO,oem_rev=1,asl_compiler_id=NVRE,asl_compiler_rev=1,data={path}",
        "-global", "ICH9-LPC.noreboot=off", "-watchdog-action", "reset",
    )


def is_halted(fixture):
    """Read from outside."""
    shown = fixture.machine.qemu.monitor(f"i /xh {CONTROL:#x}")
    return int(shown.split("=")[1], 16) >> HALT_BIT & 1 == 1


def halt(fixture):
    """By Linux's own driver of the table, as its last user leaves it: firmware leaves the timer running, uncounted."""
    fixture.check("modprobe wdat_wdt && echo V >/dev/watchdog && rmmod wdat_wdt")
    fixture.expect(is_halted(fixture), "the watchdog halted by wdat_wdt")


def hang(fixture):
    """The processor that boots jumps in a circle from now on: QEMU's debugger interface writes that where it stands."""
    path = fixture.machine.parts.directory / "gdb"
    fixture.machine.qemu.monitor(f"gdbserver unix:{path},server=on,wait=off")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))  # stops the machine
        _ask(connection, "Hg1")
        address = re.search("RIP=([0-9a-f]+)", fixture.machine.qemu.monitor("info registers"))[1]
        _ask(connection, f"M{address},2:ebfe")
        _ask(connection, "D")  # lets go, and the machine runs


def _ask(connection, command):
    """One packet of the remote protocol and its answer: $text#checksum, acknowledged by +."""
    connection.sendall(f"${command}#{sum(command.encode()) % 256:02x}".encode())
    answer = b""
    while not (b"#" in answer and len(answer.rsplit(b"#", 1)[1]) == 2):
        answer += connection.recv(65536)
    connection.sendall(b"+")
    text = answer.split(b"$", 1)[1].rsplit(b"#", 1)[0].decode()
    if text.startswith("E"):
        raise RuntimeError(f"the debugger's interface refuses {command}: {text}")
    return text
