// SPDX-License-Identifier: GPL-2.0-or-later
// bandwidth.h: how fast the range is read. Stores are not measured: there is no spot in the range
// whose content the stage may change for that.
#pragma once

#include <stdint.h>

namespace nvresume::efi {

/// Enough to see an uncached mapping (some 10 MB/s: 25 ms), over in 1 ms at 256 MB/s.
inline constexpr uint64_t kMeasuredBytes = 256 * 1024;

/// A machine busy elsewhere (a host under a guest, firmware's own interrupts) only ever adds time.
inline constexpr uint32_t kMeasurements = 4;

/// Reads kMeasuredBytes as often as that, from `base` on, each byte once; the shortest time, in TSC
/// ticks.
uint64_t time_load(uint64_t base);

}  // namespace nvresume::efi
