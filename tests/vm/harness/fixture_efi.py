# SPDX-License-Identifier: GPL-2.0-or-later
"""EFI variables as a guest's efivarfs takes them (docs/format.md, "EFI variables")."""

import base64
import struct

VENDOR = "8d2e5c1a-6f0b-4b7e-9c3d-4e565245534d"
DIRECTORY = "/sys/firmware/efi/efivars"
NV_BS_RT = 7  # UEFI 2.10, 8.2

_EXPLICIT, _DIRECT_OFF = 2, 1


def config(range_base, range_bytes, factor_percent, next_loader):
    """NvresumeConfig, as `nvresume setup` makes it."""
    path = next_loader.encode("utf-16-le")
    size_bytes = 560
    value = struct.pack(
        "<IIIIQQIIH6x512s", 1, size_bytes, _EXPLICIT, factor_percent, range_base, range_bytes, _DIRECT_OFF, 0, 0, path
    )
    assert len(value) == size_bytes
    return value


def write(machine, name, value, vendor=VENDOR):
    """One write() of attributes and value, which is what efivarfs wants."""
    text = base64.b64encode(struct.pack("<I", NV_BS_RT) + value).decode()
    path = f"{DIRECTORY}/{name}-{vendor}"
    machine.check(
        f"chattr -i {path} 2>/dev/null; echo {text} | base64 -d >/run/variable && dd if=/run/variable of={path} bs=64k 2>&1 && rm /run/variable"
    )
