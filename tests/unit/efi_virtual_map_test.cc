// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/virtual_map.h"

#include <gtest/gtest.h>
#include <string.h>

#include <vector>

namespace nvresume::efi {
namespace {

class VirtualMapTest : public ::testing::Test {
 protected:
  void saved(const char* type, uint64_t start, uint64_t pages,
             uint64_t attributes = kEfiMemoryRuntime | EFI_MEMORY_WB) {
    MapRange range{};
    range.start = start;
    range.end = start + pages * kEfiPageBytes - 1;
    range.virtual_start = 0xfffffffeff000000 + start;
    range.attributes = attributes;
    strncpy(range.type, type, sizeof range.type - 1);
    saved_.push_back(range);
  }
  void now(uint64_t start, uint64_t pages) {
    EFI_MEMORY_DESCRIPTOR entry{};
    entry.Type = EfiRuntimeServicesData;
    entry.PhysicalStart = start;
    entry.NumberOfPages = pages;
    entry.Attribute = kEfiMemoryRuntime | EFI_MEMORY_WB;
    now_.push_back(entry);
  }
  Result<std::span<EFI_MEMORY_DESCRIPTOR>> make() {
    out_.resize(saved_.size() + 1);
    return make_virtual_map(
        saved_,
        {reinterpret_cast<const uint8_t*>(now_.data()), now_.size(), sizeof(EFI_MEMORY_DESCRIPTOR)},
        out_);
  }

  std::vector<MapRange> saved_;
  std::vector<EFI_MEMORY_DESCRIPTOR> now_, out_;
};

TEST_F(VirtualMapTest, ARuntimeRegionKeepsItsVirtualAddress) {
  saved("0x6", 0x7f000000, 16);
  now(0x7f000000, 16);
  auto map = make();
  ASSERT_TRUE(map.ok());
  ASSERT_EQ(map->size(), 1u);
  EXPECT_EQ((*map)[0].Type, uint32_t{EfiRuntimeServicesData});
  EXPECT_EQ((*map)[0].VirtualStart, 0xfffffffeff000000 + 0x7f000000);
  EXPECT_EQ((*map)[0].NumberOfPages, 16u);
}

TEST_F(VirtualMapTest, TypeThatFillsItsFieldIsNotReadBeyondIt) {
  saved("0x6", 0x7f000000, 16);
  saved_.shrink_to_fit();  // behind the last type lies nothing, which the sanitizer knows
  memset(saved_[0].type, '0', sizeof saved_[0].type);
  now(0x7f000000, 16);
  ASSERT_TRUE(make().ok());
  EXPECT_EQ(out_[0].Type, uint32_t{EfiReservedMemoryType});
}

TEST_F(VirtualMapTest, NeighboursThatLinuxMergedCoverBoth) {
  saved("0x6", 0x7f000000, 16);
  now(0x7f000000, 8);
  now(0x7f008000, 8);
  EXPECT_TRUE(make().ok());
}

TEST_F(VirtualMapTest, BootServicesMemoryThatLinuxKeepsIsLeftOut) {
  saved("0x6", 0x7f000000, 16);
  saved("0x4", 0x10000000, 16);
  saved("0x7", 0x20000000, 16);
  auto map = make();
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(map->size(), 1u);
}

TEST_F(VirtualMapTest, ARegionTheSavedKernelDoesNotKnowIsRefused) {
  saved("0x6", 0x7f000000, 16);
  now(0x7f00f000, 2);
  auto map = make();
  ASSERT_FALSE(map.ok());
  EXPECT_EQ(map.error().reason(), Reason::kRuntimeChanged);
}

TEST_F(VirtualMapTest, AKernelWithoutARuntimeMapIsRefused) { EXPECT_FALSE(make().ok()); }

}  // namespace
}  // namespace nvresume::efi
