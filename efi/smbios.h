// SPDX-License-Identifier: GPL-2.0-or-later
// smbios.h: who the machine says it is (SMBIOS 3.6, 5.2 and 6.1): the structures of types 0 to 3
// (firmware, system, board, chassis). The others hold counters and sensors. Calls nothing.
#pragma once

#include "image/nvm.h"

namespace nvresume::efi {

/// The structure table from a 3.x or 2.x entry point; empty where it is neither or damaged.
ConstBytes smbios_table(const void* entry_point);
/// A hash over the identity structures and their texts; 0 where there is no table.
uint64_t hash_smbios_identity(ConstBytes table);

}  // namespace nvresume::efi
