// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swap_runs.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "tests/seed.h"

namespace nvresume {

static bool operator==(const SwapRun& a, const SwapRun& b) {
  return a.first_page == b.first_page && a.page_count == b.page_count && a.pid == b.pid;
}

namespace {

constexpr uint32_t kShell = 7, kEditor = 9;
using Pages = std::set<std::pair<uint32_t, uint64_t>>;

SwapRuns runs_of(const Pages& pages) {
  SwapRuns runs;
  for (const auto& [pid, page] : pages) add_page(runs, pid, page);
  return runs;
}

Pages pages_of(const SwapRuns& runs) {
  Pages pages;
  for (const SwapRun& run : runs)
    for (uint32_t i = 0; i < run.page_count; ++i) pages.insert({run.pid, run.first_page + i});
  return pages;
}

TEST(SwapRuns, NeighboursAreOneRun) {
  EXPECT_EQ(runs_of({{kShell, 10}, {kShell, 11}, {kShell, 13}, {kEditor, 14}}),
            (SwapRuns{{10, 2, kShell}, {13, 1, kShell}, {14, 1, kEditor}}));
}

TEST(SwapRuns, WhatWasKnownIsCutOutOfARun) {
  const SwapRuns now = {{10, 10, kShell}, {30, 5, kShell}, {10, 10, kEditor}};
  const SwapRuns known = {{5, 7, kShell}, {15, 1, kShell}, {18, 14, kShell}};
  EXPECT_EQ(subtract(now, known),
            (SwapRuns{{12, 3, kShell}, {16, 2, kShell}, {32, 3, kShell}, {10, 10, kEditor}}));
}

TEST(SwapRuns, TheSmallestGapsAreClosedFirst) {
  SwapRuns runs = {{10, 1, kShell}, {12, 1, kShell}, {100, 1, kShell}, {14, 1, kEditor}};
  limit_runs(runs, 3);
  EXPECT_EQ(runs, (SwapRuns{{10, 3, kShell}, {100, 1, kShell}, {14, 1, kEditor}}));
}

TEST(SwapRuns, AsManyAsProcessesAreAlwaysLeft) {
  SwapRuns runs = {{10, 1, kShell}, {uint64_t{1} << 31, 1, kShell}, {14, 1, kEditor}};
  limit_runs(runs, 1);
  EXPECT_EQ(runs.size(), 2u);
}

TEST(SwapRuns, ARunThatWouldOverflowIsNotMade) {
  SwapRuns runs = {{10, 1, kShell}, {uint64_t{1} << 33, 1, kShell}};
  limit_runs(runs, 1);
  EXPECT_EQ(runs.size(), 2u);
}

TEST(SwapRuns, ListsAreSetsOfPages) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 300; ++round) {
    Pages a, b, both, difference;
    for (int i = 0; i < 40; ++i) {
      a.insert({kShell + random() % 3, random() % 60});
      b.insert({kShell + random() % 3, random() % 60});
    }
    both.insert(a.begin(), a.end());
    both.insert(b.begin(), b.end());
    for (const auto& page : a)
      if (!b.contains(page)) difference.insert(page);
    EXPECT_EQ(pages_of(unite(runs_of(a), runs_of(b))), both);
    EXPECT_EQ(pages_of(subtract(runs_of(a), runs_of(b))), difference);
    EXPECT_EQ(page_count(runs_of(a)), a.size());
    SwapRuns few = runs_of(a);
    limit_runs(few, 4);
    EXPECT_LE(few.size(), 4u);
    EXPECT_TRUE(subtract(runs_of(a), few).empty()) << "a page was lost";
  }
}

}  // namespace
}  // namespace nvresume
