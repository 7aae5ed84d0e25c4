// SPDX-License-Identifier: GPL-2.0-or-later
// handover.h: from firmware to the saved kernel. Everything is verified, in memory and consumed by
// then.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/jump_tables.h"
#include "efi/late_list.h"
#include "efi/restore_record.h"
#include "efi/uefi.h"

namespace nvresume::efi {

/// All that the way there needs, prepared while a refusal still cost nothing.
struct HandOver {
  EFI_HANDLE image;
  EFI_SYSTEM_TABLE* system;
  RestoreRecord record;
  JumpTables tables;
  uint32_t paging_levels;  ///< of the saved kernel
  uint64_t pat;
  uint64_t late_first;
  uint64_t code_page;        ///< safe, below 4 GiB
  uint64_t parameters_page;  ///< safe, below 4 GiB
  std::span<EFI_MEMORY_DESCRIPTOR> virtual_map;
  Bytes map_buffer;  ///< for GetMemoryMap: allocating one would change the map
};

/// Ends boot services and jumps. Returns only where firmware did not let go: nothing of the image
/// has run, but boot services may be gone, and only a reset is left. Error: kHandOverFailed.
Error hand_over(const HandOver& way);

}  // namespace nvresume::efi
