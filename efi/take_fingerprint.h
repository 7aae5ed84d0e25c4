// SPDX-License-Identifier: GPL-2.0-or-later
// take_fingerprint.h: this boot's fingerprint (image/fingerprint.h), from firmware and processor.
#pragma once

#include "efi/memory_map.h"
#include "efi/uefi.h"
#include "image/fingerprint.h"

namespace nvresume::efi {

/// `map` is the firmware's with the range reserved. `scratch` holds as many regions as the map has
/// entries. Fills all but the seal.
void take_fingerprint(EFI_SYSTEM_TABLE& system, const MemoryMapView& map, uint64_t boot_count,
                      std::span<FingerprintRegion> scratch, Fingerprint& fingerprint);

}  // namespace nvresume::efi
