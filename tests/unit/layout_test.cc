// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/layout.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;
constexpr uint64_t kGiB = 1024 * kMiB;

TEST(PlanGeometryTest, TwiceTheMemoryIsAnImageAndTheRestSwap) {
  const auto geometry = plan_geometry(kGiB, kFactorPercentDefault, 4 * kGiB);
  ASSERT_TRUE(geometry.ok());
  EXPECT_EQ(geometry->total_bytes(), 2 * kGiB);
  EXPECT_EQ(geometry->image_bytes, kGiB / 2 + kGiB / 64);
}

TEST(PlanGeometryTest, ASmallNvmCapsTheReservation) {
  const auto geometry = plan_geometry(kGiB, 200, kGiB + 12345);
  ASSERT_TRUE(geometry.ok());
  EXPECT_EQ(geometry->total_bytes(), kGiB);
}

TEST(PlanGeometryTest, BelowTheMinimumItSaysNeedAndHave) {
  const auto geometry = plan_geometry(kGiB, 200, kGiB / 2);
  ASSERT_FALSE(geometry.ok());
  EXPECT_EQ(geometry.error().reason(), Reason::kNoRoom);
  EXPECT_EQ(geometry.error().text(), "need 564 MiB of NVM, have 512 MiB");
}

TEST(PlanGeometryTest, ANonsensicalFactorOrMemoryIsRefused) {
  EXPECT_EQ(plan_geometry(kGiB, 54, 4 * kGiB).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(plan_geometry(kGiB, 1601, 4 * kGiB).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(plan_geometry(0, 200, 4 * kGiB).error().kind(), ErrorKind::kUsage);
  EXPECT_EQ(plan_geometry(UINT64_MAX, 200, UINT64_MAX).error().kind(), ErrorKind::kUsage);
}

TEST(PlanGeometryTest, EveryPlanHoldsASnapshotOfHalfTheMemoryAndIsLegal) {
  for (uint64_t memory = 4 * kMiB; memory < 1024 * kGiB; memory = memory * 5 / 4 + 4096) {
    for (const uint32_t factor : {55u, 100u, 102u, 200u, 1600u}) {
      const auto geometry = plan_geometry(memory, factor, UINT64_MAX / 2);
      if (!geometry.ok()) continue;  // tiny memory at a small factor
      EXPECT_GE(geometry->image_bytes, memory / 2);
      EXPECT_TRUE(check_geometry(*geometry, geometry->total_bytes()).ok());
      EXPECT_LE(geometry->total_bytes(), memory * factor / 100 + kRangeAlignment);
    }
  }
}

TEST(PlanGeometryTest, AnyMachineFrom64MiBOnIsServedAtTheSmallestFactor) {
  for (uint64_t memory = 64 * kMiB; memory < 64 * kGiB; memory += 37 * kMiB)
    EXPECT_TRUE(plan_geometry(memory, kFactorPercentMinimum, UINT64_MAX / 2).ok()) << memory;
}

TEST(CheckGeometryTest, SizesFromMediaMustFitTheRangeWithoutOverflow) {
  EXPECT_TRUE(check_geometry({2 * kMiB, 2 * kMiB}, 4 * kMiB).ok());
  EXPECT_FALSE(check_geometry({2 * kMiB, 2 * kMiB}, 4 * kMiB - 1).ok());
  EXPECT_FALSE(check_geometry({0, 2 * kMiB}, 4 * kMiB).ok());
  EXPECT_FALSE(check_geometry({2 * kMiB, 0}, 4 * kMiB).ok());
  EXPECT_FALSE(check_geometry({2 * kMiB + 4096, 2 * kMiB}, 8 * kMiB).ok());
  EXPECT_FALSE(check_geometry({2 * kMiB, 2 * kMiB + 1}, 8 * kMiB).ok());
  const uint64_t huge = UINT64_MAX - kRangeAlignment + 1;
  EXPECT_FALSE(check_geometry({huge, huge}, UINT64_MAX).ok());
}

}  // namespace
}  // namespace nvresume
