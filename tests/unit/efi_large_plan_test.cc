// SPDX-License-Identifier: GPL-2.0-or-later
// Where each page of a 64 GiB image goes, on a machine of 128 GiB: 16 million pages planned. Their
// memory is not there; nothing may touch a page that is decoded straight to its place.
#include <gtest/gtest.h>

#include <vector>

#include "efi/placement.h"
#include "tests/unit/page_arena.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kGiB = uint64_t{1} << 30;
constexpr uint64_t kImagePages = 64 * kGiB / kEfiPageBytes;
constexpr uint64_t kMemoryStart = 4 * kGiB, kMemoryEnd = 132 * kGiB;
/// Pages firmware still sits on: chosen, more than any trial had.
constexpr uint64_t kLatePages = 16384;
constexpr uint64_t kChunkPages = 64;

class LargePlanTest : public ::testing::Test {
 protected:
  LargePlanTest() {
    // Every other page of memory is the image's; the first ones are still firmware's.
    for (uint64_t page = 0; page < kImagePages; ++page)
      list_.push_back(kMemoryStart / kEfiPageBytes + 2 * page);
    firmware_end_ = kMemoryStart + 2 * kLatePages * kEfiPageBytes;
    (void)usable_.add(arena_.page(0), kArenaPages * kEfiPageBytes);
    (void)usable_.add(kMemoryStart, kMemoryEnd - kMemoryStart);
    (void)claimed_.add(arena_.page(0), kArenaPages * kEfiPageBytes);
    (void)claimed_.add(firmware_end_, kMemoryEnd - firmware_end_);
  }

  /// All that grows with image and memory (direct.cc, allocate()).
  uint64_t plan_bytes() const {
    return (list_.size() + words_.size() + kImagePages / kChunkPages) * sizeof(uint64_t);
  }

  static constexpr uint64_t kArenaPages = 2 * kLatePages;
  PageArena arena_{kArenaPages};
  std::vector<uint64_t> list_;
  std::vector<uint64_t> words_ =
      std::vector<uint64_t>(FrameSet::words_for(kMemoryEnd / kEfiPageBytes));
  uint64_t firmware_end_ = 0;
  efi::Run usable_storage_[4], claimed_storage_[4];
  RunList usable_{usable_storage_}, claimed_{claimed_storage_};
};

TEST_F(LargePlanTest, EveryPageHasItsPlaceWithinThePromisedMemory) {
  FrameSet wanted(words_);
  ASSERT_TRUE(read_frame_list(list_, kImagePages, wanted).ok());
  SafePages safe(claimed_.runs(), wanted);
  LateList late(safe);
  const auto placement = place_pages(list_, usable_, claimed_, safe, late);
  ASSERT_TRUE(placement.ok()) << placement.error().text();
  EXPECT_EQ(placement->late_pages, kLatePages);
  EXPECT_EQ(placement->direct_pages, kImagePages - kLatePages);
  ASSERT_EQ(placement->targets.size(), kImagePages);
  EXPECT_EQ(placement->targets[kLatePages], firmware_end_);
  EXPECT_EQ(placement->targets.back(), kMemoryStart + 2 * (kImagePages - 1) * kEfiPageBytes);
  EXPECT_LE(plan_bytes(), kImagePages * kPlanBytesPerPageMaximum);
}

TEST_F(LargePlanTest, WithoutEnoughSafeMemoryItIsRefused) {
  efi::Run storage[2];
  RunList little(storage);
  ASSERT_TRUE(little.add(arena_.page(0), 100 * kEfiPageBytes));
  FrameSet wanted(words_);
  ASSERT_TRUE(read_frame_list(list_, kImagePages, wanted).ok());
  SafePages safe(little.runs(), wanted);
  LateList late(safe);
  const auto placement = place_pages(list_, usable_, little, safe, late);
  ASSERT_FALSE(placement.ok());
  EXPECT_EQ(placement.error().reason(), Reason::kNoSafeMemory);
}

}  // namespace
}  // namespace nvresume::efi
