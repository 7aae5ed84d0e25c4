// SPDX-License-Identifier: GPL-2.0-or-later
// page_tables.h: whether an address may be touched at all. Firmware maps what it knows; NVM it does
// not know may lie beyond, and a page fault in firmware is a hang, not an error.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

struct PageTableRoot {
  uint64_t cr3;
  bool five_level;
};

/// Of the running processor. UEFI 2.10, 2.3.4: memory is identity-mapped, so tables can be followed
/// by their physical addresses.
PageTableRoot current_page_tables();

/// Whether every page of [base, base + bytes) is present, writable and mapped to itself.
bool is_identity_mapped(const PageTableRoot& root, uint64_t base, uint64_t bytes);

}  // namespace nvresume::efi
