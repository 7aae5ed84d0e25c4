// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/restore_plan.h"

#include <gtest/gtest.h>

#include "image/codec.h"
#include "resume/save_plan.h"
#include "resume/worker_team.h"

namespace nvresume {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;

/// Of what a save on a machine of that size writes.
uint64_t index_bytes(uint64_t memory_bytes) { return plan_save(memory_bytes / 2, {}).index_bytes; }

uint64_t locked_bytes(uint64_t memory_bytes) {
  const uint64_t index = index_bytes(memory_bytes);
  const RestorePlan plan{restore_worker_count(index, kWorkerCountMaximum), kFrameBytesMaximum};
  return index + plan.memory_bytes();
}

TEST(RestorePlan, AllWorkersRunUpTo512GiB) {
  EXPECT_EQ(restore_worker_count(index_bytes(512 * kGiB), kWorkerCountMaximum),
            kWorkerCountMaximum);
}

TEST(RestorePlan, AnyImageOfAMachineUpTo2TiBStaysWithinTheBound) {
  for (uint64_t memory = kGiB; memory <= 2048 * kGiB; memory *= 2)
    EXPECT_LE(locked_bytes(memory), kRestoreMemoryBytesMaximum) << memory / kGiB << " GiB";
}

TEST(RestorePlan, OneWorkerIsAlwaysLeft) {
  EXPECT_EQ(restore_worker_count(100 * kRestoreMemoryBytesMaximum, kWorkerCountMaximum), 1u);
}

TEST(RestorePlan, NoMoreThanWantedAreTaken) { EXPECT_EQ(restore_worker_count(4096, 2), 2u); }

}  // namespace
}  // namespace nvresume
