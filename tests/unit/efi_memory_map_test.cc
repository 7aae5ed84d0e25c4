// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/memory_map.h"

#include <gtest/gtest.h>

#include <vector>

namespace nvresume::efi {
namespace {

constexpr uint64_t kMebibyte = 1 << 20;
constexpr uint64_t kNvmBase = 0x100000000;

/// Descriptors as EDK2 hands them out: 48 bytes apart, longer than the structure.
class MapTest : public testing::Test {
 protected:
  struct Entry {
    EFI_MEMORY_DESCRIPTOR descriptor;
    uint64_t padding;
  };
  static_assert(sizeof(Entry) == 48);

  void add(uint32_t type, uint64_t start, uint64_t bytes, uint64_t attributes = EFI_MEMORY_WB) {
    Entry entry{};
    entry.descriptor.Type = type;
    entry.descriptor.PhysicalStart = start;
    entry.descriptor.NumberOfPages = bytes / kEfiPageBytes;
    entry.descriptor.Attribute = attributes;
    entries_.push_back(entry);
  }
  MemoryMapView map() const {
    return {reinterpret_cast<const uint8_t*>(entries_.data()), entries_.size(), sizeof(Entry)};
  }

  std::vector<Entry> entries_;
};

TEST_F(MapTest, OrdinaryMemoryIsTheInstalledSizeWhateverFirmwareTakes) {
  add(EfiConventionalMemory, 0, 640 * 1024);
  add(EfiConventionalMemory, kMebibyte, 1000 * kMebibyte);
  add(EfiBootServicesData, 1001 * kMebibyte, 10 * kMebibyte);
  add(EfiRuntimeServicesData, 1011 * kMebibyte, 5 * kMebibyte);
  add(EfiACPIMemoryNVS, 1016 * kMebibyte, 7 * kMebibyte);
  add(EfiReservedMemoryType, 1023 * kMebibyte, kMebibyte);
  EXPECT_EQ(ordinary_memory_bytes(map()), 1024 * kMebibyte);
}

TEST_F(MapTest, NvmAndFlashAreNotOrdinary) {
  add(EfiConventionalMemory, 0, 512 * kMebibyte);
  add(EfiConventionalMemory, kNvmBase, 512 * kMebibyte, EFI_MEMORY_WB | kEfiMemoryNv);
  add(kEfiPersistentMemory, 2 * kNvmBase, 512 * kMebibyte);
  add(EfiReservedMemoryType, 3 * kNvmBase, 512 * kMebibyte);
  add(EfiMemoryMappedIO, 0xffc00000, 4 * kMebibyte);
  EXPECT_EQ(ordinary_memory_bytes(map()), 512 * kMebibyte);
}

TEST_F(MapTest, BothKindsOfNvmBecomeCandidates) {
  add(EfiConventionalMemory, 0, 512 * kMebibyte);
  add(kEfiPersistentMemory, 2 * kNvmBase, 512 * kMebibyte);
  add(EfiConventionalMemory, kNvmBase, 512 * kMebibyte, EFI_MEMORY_WB | kEfiMemoryNv);
  CandidateList candidates;
  add_map_ranges(map(), candidates);
  ASSERT_EQ(candidates.count(), 2u);
  EXPECT_EQ(candidates[0].base, kNvmBase);
  EXPECT_EQ(candidates[1].base, 2 * kNvmBase);
}

TEST_F(MapTest, RangeInNoEntryIsUnmapped) {
  add(EfiConventionalMemory, 0, 512 * kMebibyte);
  EXPECT_EQ(*classify_range(map(), kNvmBase, 512 * kMebibyte), RangeKind::kUnmapped);
}

TEST_F(MapTest, EntriesOfOneKindTogetherMakeThatKind) {
  add(kEfiPersistentMemory, kNvmBase + 4 * kMebibyte, 8 * kMebibyte);
  add(kEfiPersistentMemory, kNvmBase, 4 * kMebibyte);
  EXPECT_EQ(*classify_range(map(), kNvmBase, 10 * kMebibyte), RangeKind::kPersistent);
}

TEST_F(MapTest, ReservedAndNvConventionalAreKnown) {
  add(EfiReservedMemoryType, kNvmBase, 4 * kMebibyte);
  add(EfiConventionalMemory, 2 * kNvmBase, 4 * kMebibyte, kEfiMemoryNv);
  EXPECT_EQ(*classify_range(map(), kNvmBase, 4 * kMebibyte), RangeKind::kReserved);
  EXPECT_EQ(*classify_range(map(), 2 * kNvmBase, 4 * kMebibyte), RangeKind::kMemoryNv);
}

TEST_F(MapTest, OrdinaryMemoryInTheRangeIsRefusedWithItsAddress) {
  add(EfiConventionalMemory, kNvmBase + 2 * kMebibyte, 4 * kMebibyte);
  Result<RangeKind> kind = classify_range(map(), kNvmBase, 4 * kMebibyte);
  ASSERT_FALSE(kind.ok());
  EXPECT_EQ(kind.error().reason(), Reason::kRangeTaken);
  EXPECT_EQ(kind.error().text(), "the range is not free NVM: 0x100200000 is memory of type 7");
}

TEST_F(MapTest, NvMemoryFirmwareAllocatedFromIsRefused) {
  add(EfiConventionalMemory, kNvmBase, 2 * kMebibyte, kEfiMemoryNv);
  add(EfiBootServicesData, kNvmBase + 2 * kMebibyte, 2 * kMebibyte, kEfiMemoryNv);
  EXPECT_FALSE(classify_range(map(), kNvmBase, 4 * kMebibyte).ok());
}

TEST_F(MapTest, MixedOrPartlyKnownRangeIsRefused) {
  add(kEfiPersistentMemory, kNvmBase, 2 * kMebibyte);
  EXPECT_FALSE(classify_range(map(), kNvmBase, 4 * kMebibyte).ok());
  add(EfiReservedMemoryType, kNvmBase + 2 * kMebibyte, 2 * kMebibyte);
  EXPECT_FALSE(classify_range(map(), kNvmBase, 4 * kMebibyte).ok());
}

}  // namespace
}  // namespace nvresume::efi
