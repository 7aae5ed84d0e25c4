// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swapped_pages.h"

#include <unistd.h>

#include "resume/phase_clock.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr uint64_t kSwapped = uint64_t{1} << 62, kPresent = uint64_t{1} << 63;

class SwappedPages : public testing::Test {
 protected:
  /// Two mappings: pages 16 to 19, and 32 to 39 of which nothing is in swap.
  void add_process(const std::string& pid, int swap_kib) {
    root_.write("/proc/" + pid + "/status",
                "Name:\tsh\nVmSwap:\t " + std::to_string(swap_kib) + " kB\n");
    root_.write(
        "/proc/" + pid + "/smaps",
        "00010000-00014000 rw-p 00000000 00:00 0 \nSize: 16 kB\nSwap: " + std::to_string(swap_kib) +
            " kB\nSwapPss: 4 kB\n"
            "00020000-00028000 r--p 00000000 08:01 17 /bin/sh\nSwap: 0 kB\n");
    set_pages(pid, {kPresent, kSwapped, kSwapped, kPresent});
  }

  void set_pages(const std::string& pid, std::initializer_list<uint64_t> entries) {
    std::string map(16 * sizeof(uint64_t), '\0');
    for (const uint64_t entry : entries)
      map.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
    map.resize(64 * sizeof(uint64_t), '\xff');  // what must not be looked at
    root_.write("/proc/" + pid + "/pagemap", map);
  }

  SystemRoot root_;
};

TEST_F(SwappedPages, AreFoundWhereAMappingHasSome) {
  add_process("1234", 8);
  const SwapRuns runs = find_swapped_pages(UINT64_MAX).runs;
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].pid, 1234u);
  EXPECT_EQ(runs[0].first_page, 17u);
  EXPECT_EQ(runs[0].page_count, 2u);
}

TEST_F(SwappedPages, ProcessesComeByNumber) {
  add_process("1234", 8);
  add_process("99", 8);
  const SwapRuns runs = find_swapped_pages(UINT64_MAX).runs;
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].pid, 99u);
}

TEST_F(SwappedPages, ManyMappingsAreReadToTheLast) {
  add_process("1234", 8);
  std::string smaps;
  for (int i = 0; i < 2000; ++i)
    smaps += "7f0000000000-7f0000001000 r--p 00000000 08:01 17 /usr/lib/one\nSwap: 0 kB\n";
  root_.write("/proc/1234/smaps", smaps + root_.read("/proc/1234/smaps"));
  EXPECT_EQ(page_count(find_swapped_pages(UINT64_MAX).runs), 2u);
}

TEST_F(SwappedPages, AProcessWithNothingInSwapIsNotLookedAt) {
  add_process("1234", 0);
  EXPECT_TRUE(find_swapped_pages(UINT64_MAX).runs.empty());
}

TEST_F(SwappedPages, ThisProgramIsLeftOut) {
  add_process(std::to_string(getpid()), 8);
  EXPECT_TRUE(find_swapped_pages(UINT64_MAX).runs.empty());
}

TEST_F(SwappedPages, AfterTheDeadlineNothingIsLookedAt) {
  add_process("1234", 8);
  EXPECT_TRUE(find_swapped_pages(0).runs.empty());
}

TEST_F(SwappedPages, ALookSaysWhetherItSawAll) {
  EXPECT_TRUE(find_swapped_pages(0).whole) << "there is nothing to see";
  add_process("1234", 8);
  EXPECT_TRUE(find_swapped_pages(UINT64_MAX).whole);
  EXPECT_FALSE(find_swapped_pages(0).whole);
}

TEST_F(SwappedPages, TheDeadlineComesWithinAProcessToo) {
  add_process("1234", 8);
  // A GiB of nothing takes longer than a millisecond to read, on any machine.
  std::filesystem::resize_file(root_.path("/proc/1234/smaps"), uint64_t{1} << 30);
  EXPECT_FALSE(find_swapped_pages(clock_ns() + 1'000'000).whole);
}

TEST_F(SwappedPages, PartOfARunThatCameBackIsNotInSwap) {
  add_process("1234", 8);
  set_pages("1234", {kSwapped, kPresent, kSwapped, kPresent});
  const SwapRuns part = swapped_part({16, 3, 1234});
  ASSERT_EQ(part.size(), 2u);
  EXPECT_EQ(part[0].first_page, 16u);
  EXPECT_EQ(part[1].first_page, 18u);
}

TEST_F(SwappedPages, EverySecondPageOfALargeProcessStaysWithinTheBound) {
  constexpr uint32_t kPages = 8 * kSwapRunsMaximum;  // 4 GiB
  std::vector<uint64_t> entries(kPages, kPresent);
  for (size_t i = 0; i < entries.size(); i += 2) entries[i] = kSwapped;
  root_.write("/proc/1234/pagemap",
              {reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(uint64_t)});
  const SwapRuns part = swapped_part({0, kPages, 1234});
  EXPECT_LE(part.size(), 2 * kSwapRunsMaximum);
  EXPECT_GE(page_count(part), kPages / 2) << "none of them is left out";
}

TEST_F(SwappedPages, AProcessThatEndedHasNone) { EXPECT_TRUE(swapped_part({16, 3, 77}).empty()); }

}  // namespace
}  // namespace nvresume
