// SPDX-License-Identifier: GPL-2.0-or-later
// boot_maps.h: the memory map that the kernel of each of the last boots was given. The stage's own
// fingerprints end where the loader begins; what that or the kernel's EFI stub adds to the map is
// only here.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/metadata.h"
#include "image/result.h"

namespace nvresume {

inline constexpr char kBootMapsPath[] = "/var/lib/nvresume/memory-maps";
/// Chosen: about a week of boots, in a file of some pages.
inline constexpr size_t kBootMapCount = 8;

struct BootMap {
  uint64_t boot = 0;
  std::string arguments;  ///< the kernel's: another menu entry shows there
  std::vector<MapRange> ranges;
};

/// Oldest first. What cannot be understood is left out: a history is no precondition.
std::vector<BootMap> read_boot_maps();
/// Adds this boot's, once, and lets the oldest go. Without a setup nothing is written. Error:
/// kIoError.
Status record_boot_map(uint64_t boot);

}  // namespace nvresume
