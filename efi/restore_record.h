// SPDX-License-Identifier: GPL-2.0-or-later
// restore_record.h: how the saved kernel wants to be entered. x86-64 puts it at the start of the
// snapshot's first page (arch/x86/power/hibernate.c, struct restore_data_record). Calls nothing.
#pragma once

#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume::efi {

inline constexpr uint64_t kRestoreMagic = 0x23456789ABCDEF02;
inline constexpr uint64_t kLargePageBytes = 2 * 1024 * 1024;

struct RestoreRecord {
  uint64_t jump_address;       ///< virtual, of the saved kernel's restore_registers
  uint64_t jump_address_phys;  ///< the same code
  uint64_t cr3;                ///< physical, without PCID
  uint64_t magic;
  uint64_t e820_checksum;  ///< for the kernel's own comparison
};

/// Error: kStreamCorrupt naming the field that makes no sense.
Result<RestoreRecord> read_restore_record(ConstBytes first_page);

}  // namespace nvresume::efi
