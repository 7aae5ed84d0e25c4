// SPDX-License-Identifier: GPL-2.0-or-later
// bandwidth.h: how fast the range is read. Stores are not measured: there is no spot in the range
// whose content the stage may change for that.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

/// Enough to see an uncached mapping (some 10 MB/s: 25 ms), over in 1 ms at 256 MB/s.
inline constexpr uint64_t kMeasuredBytes = 256 * 1024;

/// Reads kMeasuredBytes from `base` once; how long it took, in TSC ticks.
uint64_t time_load(uint64_t base);

}  // namespace nvresume::efi
