// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/pace.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kBatchBytes = 4000;  // 4 ms at the rate
constexpr uint64_t kBytesPerS = 1'000'000;

TEST(Pace, WhatComesFasterWaits) {
  Pace pace(kBytesPerS);
  uint64_t now_ns = 1000 * kMs;
  for (int i = 0; i < 100; ++i) now_ns = pace.due_ns(kBatchBytes, now_ns + kMs);
  EXPECT_EQ(now_ns, (1000 + 1 + 99 * 4) * kMs) << "but for the first, whose begin is not told";
}

TEST(Pace, WhatComesSlowerDoesNotWait) {
  Pace pace(kBytesPerS);
  EXPECT_EQ(pace.due_ns(kBatchBytes, 1000 * kMs), 1000 * kMs);
  EXPECT_EQ(pace.due_ns(kBatchBytes, 1009 * kMs), 1009 * kMs);
}

TEST(Pace, AfterAMinuteOfStarvingThereIsNoBurst) {
  Pace pace(kBytesPerS);
  (void)pace.due_ns(kBatchBytes, 1000 * kMs);
  const uint64_t awake_ns = 61000 * kMs;
  for (uint64_t i = 0; i < 10; ++i)
    EXPECT_EQ(pace.due_ns(kBatchBytes, awake_ns), awake_ns + i * 4 * kMs);
}

TEST(Pace, WhereNothingCameNothingWaits) {
  Pace pace(kBytesPerS);
  EXPECT_EQ(pace.due_ns(0, 1000 * kMs), 1000 * kMs);
}

TEST(Pace, HoldsFromTheFirstMomentOfAClock) {
  Pace pace(kBytesPerS);
  EXPECT_EQ(pace.due_ns(kBatchBytes, 0), 4 * kMs);
}

}  // namespace
}  // namespace nvresume
