// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/bandwidth.h"

#include "efi/tsc.h"

namespace nvresume::efi {

namespace {

uint64_t time_one(uint64_t base) {
  const volatile uint64_t* words = reinterpret_cast<const volatile uint64_t*>(base);
  uint64_t start = read_tsc();
  for (uint64_t i = 0; i < kMeasuredBytes / sizeof(uint64_t); ++i) (void)words[i];
  return read_tsc() - start;
}

}  // namespace

uint64_t time_load(uint64_t base) {
  uint64_t best = UINT64_MAX;
  for (uint32_t i = 0; i < kMeasurements; ++i) {
    const uint64_t ticks = time_one(base + i * kMeasuredBytes);
    if (ticks < best) best = ticks;
  }
  return best;
}

}  // namespace nvresume::efi
