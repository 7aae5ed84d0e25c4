// SPDX-License-Identifier: GPL-2.0-or-later
// memory_map.h: what the stage asks of the firmware's memory map. Calls nothing.
#pragma once

#include "efi/candidates.h"
#include "efi/uefi.h"
#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume::efi {

/// A memory map as GetMemoryMap gives it: descriptors `stride_bytes` apart, in no order.
struct MemoryMapView {
  const uint8_t* first = nullptr;
  uint64_t count = 0;
  uint64_t stride_bytes = sizeof(EFI_MEMORY_DESCRIPTOR);

  const EFI_MEMORY_DESCRIPTOR& operator[](uint64_t i) const {
    return *reinterpret_cast<const EFI_MEMORY_DESCRIPTOR*>(first + i * stride_bytes);
  }
};

/// Memory that is not NVM: every type the system may use as RAM or that firmware took out of RAM
/// for itself, rounded up to 64 MiB. Between boots firmware moves pages among these types and, by a
/// few pages, to reserved ones (which also describe flash and so cannot be counted): the sum is
/// stable, and the rounding makes it the installed size again.
uint64_t ordinary_memory_bytes(const MemoryMapView& map);

/// Adds EfiPersistentMemory ranges and conventional ranges with EFI_MEMORY_NV.
void add_map_ranges(const MemoryMapView& map, CandidateList& candidates);

/// What the map says about [base, base + bytes). Error kRangeTaken, naming type and address, where
/// any of it is something else than NVM or the kinds are mixed.
Result<RangeKind> classify_range(const MemoryMapView& map, uint64_t base, uint64_t bytes);

}  // namespace nvresume::efi
