// SPDX-License-Identifier: GPL-2.0-or-later
// virtual_map.h: the argument of SetVirtualAddressMap: the runtime regions at the addresses the
// saved kernel uses them at. Calls nothing.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/memory_map.h"
#include "image/metadata.h"

namespace nvresume::efi {

inline constexpr uint64_t kEfiMemoryRuntime = uint64_t{1} << 63;

/// Regions of `saved` (/sys/firmware/efi/runtime-map, which also lists memory Linux keeps for
/// itself: types 1 to 4 and 7) as descriptors into `out`, as large as `saved`. Every runtime region
/// of `now` must lie in one of them: Linux merges neighbours. Error: kRuntimeChanged.
Result<std::span<EFI_MEMORY_DESCRIPTOR>> make_virtual_map(std::span<const MapRange> saved,
                                                          const MemoryMapView& now,
                                                          std::span<EFI_MEMORY_DESCRIPTOR> out);

}  // namespace nvresume::efi
