// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/tsc.h"

namespace nvresume::efi {

uint64_t ticks_to_ns(uint64_t ticks, uint64_t ticks_per_ms) {
  if (ticks_per_ms == 0) return 0;
  // Whole milliseconds first: ticks * 10^6 alone would overflow after about an hour at 5 GHz.
  return ticks / ticks_per_ms * 1'000'000 + ticks % ticks_per_ms * 1'000'000 / ticks_per_ms;
}

uint64_t measure_tsc_rate(EFI_BOOT_SERVICES& boot_services) {
  uint64_t start = read_tsc();
  if (EFI_ERROR(boot_services.Stall(1000))) return 0;
  return read_tsc() - start;
}

uint32_t mb_per_s(uint64_t bytes, uint64_t duration_ns) {
  if (duration_ns == 0) return 0;
  return static_cast<uint32_t>(bytes * 1000 / duration_ns);
}

}  // namespace nvresume::efi
