// SPDX-License-Identifier: GPL-2.0-or-later
// jump_tables.h: page tables of the stage's own for the way from firmware to the saved kernel: all
// memory mapped to itself, and the one large page the kernel is entered through. Everything may be
// read, written and executed: firmware's own tables may forbid execution of data. Calls nothing.
#pragma once

#include <stdint.h>

#include "efi/restore_record.h"
#include "efi/safe_pages.h"

namespace nvresume::efi {

/// CR3 values for both depths over the same lower tables, both below 4 GiB. Above the 48-bit
/// canonical hole the kernel's text lies at the same place in both.
struct JumpTables {
  uint64_t root_4_level;
  uint64_t root_5_level;
};

/// Maps [0, limit_bytes) and the jump page. Errors: kNoSafeMemory; kUnsupportedFirmware for memory
/// beyond what one 4-level table holds (256 TiB less the kernel's half).
Result<JumpTables> build_jump_tables(SafePages& safe, uint64_t limit_bytes,
                                     const RestoreRecord& record);

}  // namespace nvresume::efi
