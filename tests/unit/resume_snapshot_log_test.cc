// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/snapshot_log.h"

#include <gtest/gtest.h>

namespace nvresume {
namespace {

SnapshotTimes times_of(std::initializer_list<const char*> records) {
  SnapshotTimes times;
  for (const char* record : records) times.take(record);
  return times;
}

TEST(SnapshotTimes, AreTheKernelsOwn) {
  const SnapshotTimes times = times_of({
      "6,801,12000000,-;PM: hibernation: Preallocating image memory\n",
      "6,802,12450000,-;PM: hibernation: Allocated 71823 pages for snapshot\n",
      "6,803,12500000,-;PM: hibernation: Allocated 287292 kbytes in 0.49 seconds (586.31 MB/s)\n",
      "6,804,12600000,-;Freezing remaining freezable tasks ... (elapsed 0.001 seconds) done.\n",
      "6,805,13000000,-;PM: hibernation: Creating image:\n",
      "6,806,13200000,-;PM: hibernation: Need to copy 71573 pages\n",
      "6,807,13300000,-;PM: hibernation: Image created (71573 pages copied)\n",
  });
  EXPECT_EQ(times.allocate_ns(), 500'000'000u);
  EXPECT_EQ(times.copy_ns(), 300'000'000u);
}

TEST(SnapshotTimes, AreUnknownWhereALineIsMissing) {
  const SnapshotTimes times = times_of({
      "6,801,12000000,-;PM: hibernation: Preallocating image memory\n",
      "6,807,13300000,-;PM: hibernation: Image created (71573 pages copied)\n",
  });
  EXPECT_EQ(times.allocate_ns(), 0u);
  EXPECT_EQ(times.copy_ns(), 0u);
}

TEST(SnapshotTimes, OthersLinesAreNotTheKernels) {
  const SnapshotTimes times = times_of({
      "12,801,12000000,-;editor: Creating image: cat.png\n",
      "12,802,12900000,-;editor: Image created\n",
      "no record at all",
      "",
  });
  EXPECT_EQ(times.copy_ns(), 0u);
}

TEST(SnapshotTimes, AClockThatWentBackTellsNothing) {
  const SnapshotTimes times = times_of({
      "6,805,13000000,-;PM: hibernation: Creating image:\n",
      "6,807,12000000,-;PM: hibernation: Image created (71573 pages copied)\n",
  });
  EXPECT_EQ(times.copy_ns(), 0u);
}

}  // namespace
}  // namespace nvresume
