// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/memory_runs.h"

#include <gtest/gtest.h>

#include <vector>

namespace nvresume::efi {
namespace {

constexpr uint64_t kMiB = 1 << 20;

class MemoryRunsTest : public ::testing::Test {
 protected:
  void add(uint32_t type, uint64_t start, uint64_t bytes, uint64_t attributes = EFI_MEMORY_WB) {
    EFI_MEMORY_DESCRIPTOR entry{};
    entry.Type = type;
    entry.PhysicalStart = start;
    entry.NumberOfPages = bytes / kEfiPageBytes;
    entry.Attribute = attributes;
    entries_.push_back(entry);
  }
  MemoryMapView map() const {
    return {reinterpret_cast<const uint8_t*>(entries_.data()), entries_.size(),
            sizeof(EFI_MEMORY_DESCRIPTOR)};
  }

  std::vector<EFI_MEMORY_DESCRIPTOR> entries_;
  efi::Run storage_[4];
  RunList list_{storage_};
};

TEST_F(MemoryRunsTest, UsableNeighboursOfAnyTypeBecomeOneRun) {
  add(EfiConventionalMemory, 4 * kMiB, kMiB);
  add(EfiBootServicesData, 2 * kMiB, 2 * kMiB);
  add(EfiReservedMemoryType, kMiB, kMiB);
  ASSERT_TRUE(add_usable(map(), list_));
  ASSERT_EQ(list_.runs().size(), 1u);
  EXPECT_EQ(list_.runs()[0].start, 2 * kMiB);
  EXPECT_EQ(list_.runs()[0].bytes, 3 * kMiB);
}

TEST_F(MemoryRunsTest, EntryThatWrapsIsNoMemory) {
  add(EfiConventionalMemory, 2 * kMiB, kMiB);
  add(EfiConventionalMemory, ~uint64_t{0} - kMiB + 1, 2 * kMiB);
  ASSERT_TRUE(add_usable(map(), list_));
  ASSERT_EQ(list_.runs().size(), 1u);
  EXPECT_EQ(list_.total_bytes(), kMiB);
}

TEST_F(MemoryRunsTest, SoftReservedUnacceptedAndNvmAreNotUsable) {
  add(EfiConventionalMemory, 2 * kMiB, kMiB, EFI_MEMORY_WB | 0x40000);
  add(EfiConventionalMemory, 4 * kMiB, kMiB, EFI_MEMORY_WB | kEfiMemoryNv);
  add(kEfiUnacceptedMemory, 6 * kMiB, kMiB);
  ASSERT_TRUE(add_usable(map(), list_));
  EXPECT_TRUE(list_.runs().empty());
}

TEST_F(MemoryRunsTest, ClaimableLeavesRoomToFirmwareAndTheFirstMiBAlone) {
  add(EfiConventionalMemory, 4096, 512 * 1024);
  add(EfiConventionalMemory, 16 * kMiB, 100 * kMiB);
  add(EfiBootServicesCode, 8 * kMiB, kMiB);
  ASSERT_TRUE(add_claimable(map(), 32 * kMiB, list_));
  ASSERT_EQ(list_.runs().size(), 1u);
  EXPECT_EQ(list_.runs()[0].bytes, 68 * kMiB);
}

TEST_F(MemoryRunsTest, NothingIsClaimedWhereFirmwareWouldHaveNoRoom) {
  add(EfiConventionalMemory, 16 * kMiB, 20 * kMiB);
  EXPECT_FALSE(add_claimable(map(), 32 * kMiB, list_));
}

TEST_F(MemoryRunsTest, ARunThatFillsAGapJoinsBothSides) {
  ASSERT_TRUE(list_.add(kMiB, kMiB));
  ASSERT_TRUE(list_.add(3 * kMiB, kMiB));
  ASSERT_TRUE(list_.add(2 * kMiB, kMiB));
  ASSERT_EQ(list_.runs().size(), 1u);
  EXPECT_EQ(list_.total_bytes(), 3 * kMiB);
}

TEST_F(MemoryRunsTest, AFullListSaysSo) {
  for (uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(list_.add(i * 2 * kMiB, kMiB));
  EXPECT_FALSE(list_.add(100 * kMiB, kMiB));
}

TEST_F(MemoryRunsTest, HoldsAnswersInAnyOrder) {
  ASSERT_TRUE(list_.add(kMiB, kMiB));
  ASSERT_TRUE(list_.add(4 * kMiB, kMiB));
  uint32_t hint = 0;
  EXPECT_TRUE(list_.holds(4 * kMiB, 4096, hint));
  EXPECT_TRUE(list_.holds(kMiB, kMiB, hint));
  EXPECT_FALSE(list_.holds(2 * kMiB - 4096, 8192, hint));
  EXPECT_FALSE(list_.holds(0, 4096, hint));
  EXPECT_FALSE(list_.holds(5 * kMiB, 4096, hint));
}

TEST_F(MemoryRunsTest, TheFingerprintsRegionsAreSortedAndDoNotDependOnUse) {
  add(EfiBootServicesData, 4 * kMiB, kMiB);
  add(EfiRuntimeServicesData, 2 * kMiB, kMiB);
  add(EfiConventionalMemory, 3 * kMiB, kMiB);
  FingerprintRegion regions[3];
  ASSERT_EQ(fingerprint_regions(map(), regions), 2u);
  EXPECT_EQ(regions[0].kind, uint32_t{EfiRuntimeServicesData});
  EXPECT_EQ(regions[1].start, 3 * kMiB);
  EXPECT_EQ(regions[1].bytes, 2 * kMiB);
}

}  // namespace
}  // namespace nvresume::efi
