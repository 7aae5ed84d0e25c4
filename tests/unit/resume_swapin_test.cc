// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swapin.h"

#include <unistd.h>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr uint32_t kEditor = 9;

class SwapinTest : public testing::Test {
 protected:
  SwapinTest() { root_.write("/run/nvresume/resume", ""); }
  SystemRoot root_;
};

uint64_t first_of(const SwapRuns& runs) { return runs.empty() ? 0 : runs[0].first_page; }

TEST_F(SwapinTest, WhatWentLastComesFirstAndWhatWasInSwapBeforeNever) {
  SwapRecord record;
  record.before = {{100, 10, kEditor}};
  for (size_t i = 0; i < kSwapSteps; ++i) record.steps[i] = {{200 + 100 * i, 10, kEditor}};
  // 900: swapped out by the kernel, after the freeze.
  const SwapRuns now = {{100, 10, kEditor}, {200, 10, kEditor}, {900, 10, kEditor}};
  const auto order = order_of_return(record, now);
  EXPECT_EQ(first_of(order[0]), 900u);
  for (size_t i = 0; i < kSwapSteps; ++i) EXPECT_EQ(first_of(order[1 + i]), 500 - 100 * i);
  for (const SwapRuns& runs : order) EXPECT_NE(first_of(runs), 100u);
}

TEST_F(SwapinTest, WhatALookCutShortMayHaveMissedComesLast) {
  SwapRecord record;
  record.whole = false;
  for (size_t i = 0; i < kSwapSteps; ++i) record.steps[i] = {{200 + 100 * i, 10, kEditor}};
  const auto order = order_of_return(record, {{200, 10, kEditor}, {900, 10, kEditor}});
  for (size_t i = 0; i < kSwapSteps; ++i) EXPECT_EQ(first_of(order[i]), 500 - 100 * i);
  EXPECT_EQ(first_of(order[kSwapSteps]), 900u);
}

TEST_F(SwapinTest, WhatALookCutShortMissedIsNotTakenForNew) {
  SwapRecord record;
  SwapRuns known = {{100, 10, kEditor}};
  record_step(record, 0, known, {{{100, 10, kEditor}, {200, 10, kEditor}}, true});
  EXPECT_TRUE(record.whole);
  record_step(record, 1, known, {{{300, 10, kEditor}}, false});
  record_step(
      record, 2, known,
      {{{100, 10, kEditor}, {200, 10, kEditor}, {300, 10, kEditor}, {400, 10, kEditor}}, true});
  EXPECT_FALSE(record.whole) << "one of them was";
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(page_count(record.steps[i]), 10u) << i;
    EXPECT_EQ(first_of(record.steps[i]), 200 + 100 * i);
  }
}

TEST_F(SwapinTest, TheRecordComesBackAsItWasStored) {
  SwapRecord record;
  record.whole = false;
  record.before = {{100, 10, kEditor}};
  record.steps[kSwapSteps - 1] = {{200, 1, kEditor}, {300, 2, kEditor}};
  ASSERT_TRUE(store_swap_record(record));
  const auto loaded = load_swap_record();
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->whole);
  EXPECT_EQ(page_count(loaded->before), 10u);
  EXPECT_TRUE(loaded->steps[0].empty());
  EXPECT_EQ(page_count(loaded->steps[kSwapSteps - 1]), 3u);
}

TEST_F(SwapinTest, ARecordCutShortIsNone) {
  SwapRecord record;
  record.before = {{100, 10, kEditor}};
  ASSERT_TRUE(store_swap_record(record));
  EXPECT_TRUE(load_swap_record()->whole);
  const std::string whole = root_.read("/run/nvresume/swapped");
  for (size_t length = 0; length < whole.size(); ++length) {
    root_.write("/run/nvresume/swapped", whole.substr(0, length));
    EXPECT_FALSE(load_swap_record().ok()) << length;
  }
}

TEST_F(SwapinTest, WithoutASaveThereIsNoRecord) { EXPECT_FALSE(load_swap_record().ok()); }

TEST_F(SwapinTest, TheReportComesBackAsItWasStored) {
  EXPECT_FALSE(load_report());
  store_report({1024, 512, 1'500'000'000, true});
  const auto report = load_report();
  ASSERT_TRUE(report);
  EXPECT_EQ(describe(*report), "2 of 4 MiB in 1.5 s; the rest when it is used: memory is short");
}

TEST_F(SwapinTest, StopsWhereItWouldPushOthersOut) {
  EXPECT_TRUE(has_room("MemTotal: 1000 kB\nMemAvailable: 126 kB\n"));
  EXPECT_FALSE(has_room("MemTotal: 1000 kB\nMemAvailable: 125 kB\n"));
}

TEST_F(SwapinTest, NothingOfAProcessThatEndedComesBack) {
  EXPECT_EQ(bring_back({16, 100, 1234}), 0u);
}

TEST_F(SwapinTest, PagesAreReadThroughTheirOwner) {
  // This process's own memory, said to be in swap: reading it is what brings a page back.
  alignas(4096) static uint8_t memory[600 * 4096];
  const uint64_t first_page = reinterpret_cast<uint64_t>(memory) / 4096;
  const std::string map = "/proc/" + std::to_string(getpid()) + "/pagemap";
  root_.write(map, "");
  const uint64_t swapped = uint64_t{1} << 62;
  std::ofstream file(root_.path(map), std::ios::binary);
  file.seekp(static_cast<std::streamoff>(first_page * sizeof(swapped)));
  for (int i = 0; i < 600; ++i)
    file.write(reinterpret_cast<const char*>(&swapped), sizeof(swapped));
  file.close();
  EXPECT_EQ(bring_back({first_page, 600, static_cast<uint32_t>(getpid())}), 600u);
}

}  // namespace
}  // namespace nvresume
