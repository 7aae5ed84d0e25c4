// SPDX-License-Identifier: GPL-2.0-or-later
// witness_check.h: whether the file systems mounted at the save are still what they were, read
// through EFI_BLOCK_IO. Partitions are found by their GPT GUID: firmware's device numbers mean
// nothing.
#pragma once

#include <span>

#include "efi/owned_memory.h"
#include "efi/uefi.h"
#include "image/efi_variables.h"
#include "image/metadata.h"

namespace nvresume::efi {

/// Fills one verdict for each witness, the rest with kUnknown. Connects controllers where a
/// partition is not there yet: firmware connects only what it boots from.
void check_witnesses(EFI_BOOT_SERVICES& boot_services, OwnedMemory& memory,
                     std::span<const Witness> witnesses,
                     std::span<uint8_t, kVerdictMaximum> verdicts);

/// Error: kWitnessChanged or kWitnessUnreadable, naming the file system, where a verdict is not
/// kSame.
Status require_same(std::span<const Witness> witnesses,
                    std::span<const uint8_t, kVerdictMaximum> verdicts);

}  // namespace nvresume::efi
