// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/save_plan.h"

#include <gtest/gtest.h>

#include "resume/worker_team.h"

namespace nvresume {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;

SavePlan plan(uint64_t memory_bytes, uint32_t workers, int level = 1) {
  SaveSettings settings;
  settings.worker_count = workers;
  settings.level = level;
  return plan_save(memory_bytes / 2, settings);
}

TEST(SavePlan, ASmallMachineKeepsWhatWasAsked) {
  const SavePlan small = plan(8 * kGiB, kWorkerCountMaximum);
  EXPECT_EQ(small.chunk_pages, kChunkPagesDefault);
  EXPECT_EQ(small.worker_count, kWorkerCountMaximum);
  EXPECT_LE(small.memory_bytes(), uint64_t{20} << 20);
}

TEST(SavePlan, AnyMachineUpTo1TiBStaysWithinTheBound) {
  for (uint64_t memory = kGiB; memory <= 1024 * kGiB; memory *= 2)
    for (const int level : {-7, 1, 3, 9})
      EXPECT_LE(plan(memory, kWorkerCountMaximum, level).memory_bytes(), kSaveMemoryBytesMaximum)
          << memory / kGiB << " GiB, level " << level;
}

TEST(SavePlan, TheDefaultLevelHasRoomOnTwiceThat) {
  EXPECT_LE(plan(2048 * kGiB, kWorkerCountMaximum).memory_bytes(), kSaveMemoryBytesMaximum);
}

TEST(SavePlan, ChunksGrowWithTheMachineBeforeTheIndexDoes) {
  EXPECT_EQ(plan(128 * kGiB - kGiB, 2).chunk_pages, 64u);
  EXPECT_EQ(plan(256 * kGiB - kGiB, 2).chunk_pages, 128u);
  EXPECT_EQ(plan(2048 * kGiB, 2).chunk_pages, kChunkPagesMaximum);
}

}  // namespace
}  // namespace nvresume
