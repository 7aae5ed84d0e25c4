// SPDX-License-Identifier: GPL-2.0-or-later
// nvm_range.h: which physical range setup names to the stage. Nothing is ever guessed between two.
#pragma once

#include <stdint.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"

namespace nvresume {

struct NvmRange {
  uint64_t base = 0;
  uint64_t bytes = 0;
  uint64_t end() const { return base + bytes; }
  bool operator==(const NvmRange&) const = default;
};

/// "Persistent Memory" of /proc/iomem, shrunk to whole 2 MiB.
std::vector<NvmRange> persistent_ranges(std::string_view iomem);
/// Memory that is not NVM: "System RAM" of /proc/iomem.
uint64_t ordinary_memory_bytes(std::string_view iomem);

/// "0x140000000+2G": base and size, each decimal or 0x…, with K, M, G or T.
std::optional<NvmRange> parse_range(std::string_view text);
std::string format_range(const NvmRange& range);

/// The only candidate, or the requested part of one. Errors: kNoNvm (none), kBadArgument (several
/// and none requested; requested one unaligned or outside).
Result<NvmRange> choose_range(std::span<const NvmRange> candidates,
                              const std::optional<NvmRange>& requested);

}  // namespace nvresume
