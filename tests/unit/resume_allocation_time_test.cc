// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/allocation_time.h"

#include <gtest/gtest.h>

#include "resume/stopped_clock.h"

namespace nvresume {
namespace {

uint64_t duration_of(std::initializer_list<const char*> records) {
  AllocationTime time;
  for (const char* record : records) time.take(record);
  return time.duration_ns();
}

TEST(AllocationTime, IsTheKernelsOwn) {
  EXPECT_EQ(duration_of({
                "6,801,12000000,-;PM: hibernation: Preallocating image memory\n",
                "6,802,12450000,-;PM: hibernation: Allocated 71823 pages for snapshot\n",
                "6,803,12500000,-;PM: hibernation: Allocated 287292 kbytes in 0.49 seconds\n",
                "6,804,13000000,-;PM: hibernation: Creating image:\n",
            }),
            500'000'000u);
}

TEST(AllocationTime, IsUnknownWhereALineIsMissing) {
  EXPECT_EQ(duration_of({"6,801,12000000,-;PM: hibernation: Preallocating image memory\n"}), 0u);
  EXPECT_EQ(duration_of({"6,803,12500000,-;PM: hibernation: Allocated 4 kbytes in 0.4 s\n"}), 0u);
}

TEST(AllocationTime, OthersLinesAreNotTheKernels) {
  EXPECT_EQ(duration_of({
                "12,801,12000000,-;editor: Preallocating image memory\n",
                "12,802,12900000,-;editor: Allocated 12 kbytes in a second\n",
                "no record at all",
                "",
            }),
            0u);
}

TEST(AllocationTime, AClockThatWentBackTellsNothing) {
  EXPECT_EQ(duration_of({
                "6,801,12000000,-;PM: hibernation: Preallocating image memory\n",
                "6,803,11000000,-;PM: hibernation: Allocated 287292 kbytes in 0.49 seconds\n",
            }),
            0u);
}

TEST(StoppedClock, IsWhatTheCounterHasMore) {
  // Two counts a nanosecond; then 500 ns of counting, of which the clock saw 200.
  EXPECT_EQ(stopped_ns({1000, 0}, {2000, 2000}, {2200, 3000}), 300u);
}

TEST(StoppedClock, AClockThatWentOnDidNotStop) {
  EXPECT_EQ(stopped_ns({1000, 0}, {2000, 2000}, {2500, 3000}), 0u);
}

TEST(StoppedClock, ACounterThatWasResetTellsNothing) {
  EXPECT_EQ(stopped_ns({1000, 0}, {2000, 2000}, {2200, 100}), 0u);
  EXPECT_EQ(stopped_ns({1000, 500}, {2000, 500}, {2200, 700}), 0u);
}

}  // namespace
}  // namespace nvresume
