// SPDX-License-Identifier: GPL-2.0-or-later
// processor.h: what the running processor is and how it is set. Reads registers; changes none.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

inline constexpr uint32_t kMsrApicBase = 0x1b;
inline constexpr uint64_t kCr4La57 = 1 << 12;

/// Model and features, without what differs between processors of one machine or between moments.
uint64_t hash_cpuid();
/// Page-table depth of the firmware, x2APIC mode, physical address width.
uint64_t hash_paging();
/// The hypervisor's name and interface; 0 without one.
uint64_t hash_hypervisor();
/// SME, SEV or TDX: memory's contents depend on keys and page tables the image knows nothing of.
bool has_encrypted_memory();
bool can_use_five_levels();

}  // namespace nvresume::efi
