# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own image in the swap area, read from the file behind the NVDIMM: how much it stored, and whether it
compressed. Layout: struct swsusp_header and struct swap_map_page, kernel/power/swap.c of Linux 6.1."""

import struct
from typing import NamedTuple

from harness.places import ToolFailed

PAGE_BYTES = 4096
SIGNATURE = b"S1SUSPEND\0"
# The header's end: first map page (in pages of the swap area), flags, the signature that was there, the signature.
_HEADER_END = struct.Struct("<QI10s10s")
_MAP_PAGE = struct.Struct("<511QQ")
_FLAG_NOT_COMPRESSED = 2


class KernelImage(NamedTuple):
    stored_bytes: int
    compressed: bool


def read(nvm, swap_offset_bytes):
    """REQUIRES: the machine is off."""
    header = nvm.read(swap_offset_bytes, PAGE_BYTES)
    map_page, flags, _, signature = _HEADER_END.unpack(header[-_HEADER_END.size :])
    if signature != SIGNATURE:
        raise ToolFailed(f"no image of the kernel's in the swap area: its signature is {signature!r}")
    pages, seen = 0, set()
    while map_page:
        if map_page in seen:
            raise ToolFailed(f"the kernel's swap map goes in a circle at page {map_page}")
        seen.add(map_page)
        *entries, map_page = _MAP_PAGE.unpack(nvm.read(swap_offset_bytes + map_page * PAGE_BYTES, PAGE_BYTES))
        pages += sum(entry != 0 for entry in entries)
    return KernelImage(pages * PAGE_BYTES, not flags & _FLAG_NOT_COMPRESSED)
