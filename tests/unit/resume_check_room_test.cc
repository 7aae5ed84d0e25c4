// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

using CheckRoom = CheckTest;

TEST_F(CheckRoom, LessThanHalfInUsePassesWithoutSwap) {
  write_memory(1000, 490, 400, 0);
  expect_pass("room", "490 MiB of 1000 MiB in use");
  expect_pass("image-slot", "526 MiB");
}

TEST_F(CheckRoom, MoreThanHalfPassesWhereSwapTakesTheRest) {
  write_memory(1000, 800, 700, 310);
  expect_pass("room");
}

TEST_F(CheckRoom, SwapThatIsTooSmallFailsWithNeedAndHave) {
  write_memory(1000, 800, 700, 290);
  expect_fail("room", Reason::kNoRoom, "need 304 MiB of free swap, have 290 MiB", "swapon");
  write_memory(1000, 800, 700, 0);
  expect_fail("room", Reason::kNoRoom, "have 0 MiB", "swapon");
}

TEST_F(CheckRoom, SwapHelpsNothingThatCannotBeSwappedOut) {
  write_memory(1000, 800, 100, 1000);
  expect_fail("room", Reason::kNoRoom, "have 100 MiB", "end programs");
}

TEST_F(CheckRoom, MemoryAddedSinceTheRangeWasFormattedIsAWarning) {
  write_memory(2000, 900, 700, 0);
  expect_pass("room");
  expect_warn("image-slot", "at least 900 MiB must be saved, the slot holds 526 MiB",
              "set the range up", Reason::kNoRoom);
  write_memory(2000, 900, 700, 400);
  expect_pass("image-slot");
}

}  // namespace
}  // namespace nvresume
