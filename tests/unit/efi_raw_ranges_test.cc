// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/raw_ranges.h"

#include <gtest/gtest.h>

#include <vector>

namespace nvresume::efi {
namespace {

class RawRangesTest : public ::testing::Test {
 protected:
  RawRangesTest() { EXPECT_TRUE(usable_.add(0x100000, 0x100000)); }
  void add(uint64_t start, uint64_t bytes, uint64_t stored_bytes) {
    const RawRange range{start, bytes};
    const auto* raw = reinterpret_cast<const uint8_t*>(&range);
    section_.insert(section_.end(), raw, raw + sizeof range);
    section_.resize(section_.size() + stored_bytes);
  }
  Reason walk() {
    auto status = for_each_raw_page(section_, usable_, [&](uint64_t to, uint64_t) {
      pages_.push_back(to);
      return ok_status();
    });
    return status.ok() ? Reason::kNone : status.error().reason();
  }

  efi::Run storage_[2];
  RunList usable_{storage_};
  std::vector<uint8_t> section_;
  std::vector<uint64_t> pages_;
};

TEST_F(RawRangesTest, EveryPageOfEveryRangeIsVisited) {
  add(0x100000, 8192, 8192);
  add(0x180000, 4096, 4096);
  EXPECT_EQ(walk(), Reason::kNone);
  EXPECT_EQ(pages_, (std::vector<uint64_t>{0x100000, 0x101000, 0x180000}));
}

TEST_F(RawRangesTest, ARangeOutsideOfMemoryIsRefused) {
  add(0x1ff000, 8192, 8192);
  EXPECT_EQ(walk(), Reason::kFrameNotMemory);
}

TEST_F(RawRangesTest, ARangeLongerThanItsSectionIsRefused) {
  add(0x100000, 8192, 4096);
  EXPECT_EQ(walk(), Reason::kMetadataCorrupt);
}

TEST_F(RawRangesTest, HalfARecordIsRefused) {
  section_.resize(7);
  EXPECT_EQ(walk(), Reason::kMetadataCorrupt);
}

}  // namespace
}  // namespace nvresume::efi
