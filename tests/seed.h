// SPDX-License-Identifier: GPL-2.0-or-later
// seed.h: randomized tests print what to set to see the same run again.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace nvresume {

/// NVRESUME_TEST_SEED, or a fresh one; printed either way, because a log of a failure is all that
/// is left of a run on another machine.
inline uint64_t test_seed() {
  static const uint64_t seed = [] {
    const char* text = std::getenv("NVRESUME_TEST_SEED");
    const uint64_t value =
        text != nullptr ? std::strtoull(text, nullptr, 0) : std::random_device{}();
    std::printf("seed: NVRESUME_TEST_SEED=%llu\n", static_cast<unsigned long long>(value));
    return value;
  }();
  return seed;
}

}  // namespace nvresume
