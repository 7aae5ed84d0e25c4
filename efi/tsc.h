// SPDX-License-Identifier: GPL-2.0-or-later
// tsc.h: time from the processor's time stamp counter, the only clock that runs from reset on.
#pragma once

#include <stdint.h>

#include "efi/uefi.h"

namespace nvresume::efi {

inline uint64_t read_tsc() { return __builtin_ia32_rdtsc(); }

/// Nanoseconds; 0 where the rate is unknown. No overflow below 500 years.
uint64_t ticks_to_ns(uint64_t ticks, uint64_t ticks_per_ms);

/// Ticks per millisecond against the firmware's Stall(), which takes 1 ms. CPUID leaves with the
/// rate are missing under emulation and rounded on real machines. 0: the counter does not run.
uint64_t measure_tsc_rate(EFI_BOOT_SERVICES& boot_services);

/// MB/s (10^6) from bytes moved in a time; 0 where no time was measured.
uint32_t mb_per_s(uint64_t bytes, uint64_t duration_ns);

}  // namespace nvresume::efi
