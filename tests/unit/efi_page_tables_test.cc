// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/page_tables.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

namespace nvresume::efi {
namespace {

constexpr uint64_t kGibibyte = uint64_t{1} << 30;
constexpr uint64_t kMebibyte = 1 << 20;

/// Page tables in the test's own memory; like firmware, address and pointer are the same.
class PageTablesTest : public testing::TestWithParam<bool> {
 protected:
  struct alignas(4096) Table {
    uint64_t entries[512] = {};
  };

  PageTablesTest() : root_(new_table()) {}

  uint64_t* new_table() {
    tables_.push_back(std::make_unique<Table>());
    return tables_.back()->entries;
  }
  static uint64_t link(const void* table) { return reinterpret_cast<uint64_t>(table) | 3; }

  /// Maps one page of size 1 << page_shift.
  void map(uint64_t address, uint64_t target, int page_shift, uint64_t flags = 3) {
    uint64_t* table = root_;
    for (int shift = GetParam() ? 48 : 39; shift > page_shift; shift -= 9) {
      uint64_t& entry = table[(address >> shift) & 511];
      if (entry == 0) entry = link(new_table());
      table = reinterpret_cast<uint64_t*>(entry & ~uint64_t{0xfff});
    }
    table[(address >> page_shift) & 511] = target | flags | (page_shift > 12 ? 0x80 : 0);
  }
  bool mapped(uint64_t base, uint64_t bytes) {
    return is_identity_mapped({reinterpret_cast<uint64_t>(root_), GetParam()}, base, bytes);
  }

  std::vector<std::unique_ptr<Table>> tables_;
  uint64_t* root_;
};

TEST_P(PageTablesTest, PagesOfAllSizesCount) {
  map(4 * kGibibyte, 4 * kGibibyte, 30);
  map(5 * kGibibyte, 5 * kGibibyte, 21);
  map(5 * kGibibyte + 2 * kMebibyte, 5 * kGibibyte + 2 * kMebibyte, 12);
  EXPECT_TRUE(mapped(4 * kGibibyte, kGibibyte + 2 * kMebibyte + 4096));
  EXPECT_FALSE(mapped(4 * kGibibyte, kGibibyte + 2 * kMebibyte + 4097));
}

TEST_P(PageTablesTest, HoleInTheMiddleIsSeen) {
  map(4 * kGibibyte, 4 * kGibibyte, 30);
  map(6 * kGibibyte, 6 * kGibibyte, 30);
  EXPECT_FALSE(mapped(4 * kGibibyte, 3 * kGibibyte));
}

TEST_P(PageTablesTest, ReadOnlyOrElsewhereIsNotUsable) {
  map(4 * kGibibyte, 4 * kGibibyte, 30, 1);
  map(5 * kGibibyte, 4 * kGibibyte, 30);
  EXPECT_FALSE(mapped(4 * kGibibyte, 4096));
  EXPECT_FALSE(mapped(5 * kGibibyte, 4096));
}

TEST_P(PageTablesTest, NoExecuteBitDoesNotDisturbTheAddress) {
  map(4 * kGibibyte, 4 * kGibibyte, 30, 3 | uint64_t{1} << 63);
  EXPECT_TRUE(mapped(4 * kGibibyte, kGibibyte));
}

TEST_P(PageTablesTest, NonCanonicalAndWrappingRangesAreNot) {
  EXPECT_FALSE(mapped(uint64_t{1} << 47, 4096));
  EXPECT_FALSE(mapped(~uint64_t{0} - 4095, 8192));
}

INSTANTIATE_TEST_SUITE_P(Levels, PageTablesTest, testing::Bool(),
                         [](const auto& levels) { return levels.param ? "Five" : "Four"; });

}  // namespace
}  // namespace nvresume::efi
