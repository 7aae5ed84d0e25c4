// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/probe.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <string.h>

#include "efi/physical_nvm.h"
#include "image/image_area.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kMebibyte = 1 << 20;
constexpr Geometry kGeometry{4 * kMebibyte, 2 * kMebibyte};
constexpr uint64_t kBytes = 8 * kMebibyte;

/// A range in the test's memory, identity-mapped by 2 MiB pages in tables of the test's own.
class ProbeTest : public testing::Test {
 protected:
  struct alignas(4096) Table {
    uint64_t entries[512] = {};
  };

  // 1 GiB of address space around the range, so that one table of each level maps it.
  ProbeTest() : memory_(static_cast<uint8_t*>(aligned_alloc(kBytes, kBytes))) {
    memset(memory_, 0, kBytes);
    const uint64_t address = base();
    root_.entries[address >> 39 & 511] = reinterpret_cast<uint64_t>(&third_) | 3;
    third_.entries[address >> 30 & 511] = reinterpret_cast<uint64_t>(&second_) | 3;
    for (uint64_t i = 0; i < kBytes / (2 * kMebibyte); ++i)
      second_.entries[(address >> 21 & 511) + i] = (address + i * 2 * kMebibyte) | 0x83;
  }
  ~ProbeTest() override { free(memory_); }

  uint64_t base() const { return reinterpret_cast<uint64_t>(memory_); }
  void format(uint64_t range_base) {
    PhysicalNvm nvm(base(), kGeometry.image_bytes);
    ASSERT_TRUE(ImageArea::format(nvm, range_base, kGeometry).ok());
  }
  Finding look(uint64_t available_bytes = kBytes) {
    PhysicalProbe probe({reinterpret_cast<uint64_t>(&root_), false});
    return probe.look(base(), available_bytes);
  }

  uint8_t* memory_;
  Table root_, third_, second_;
};

TEST_F(ProbeTest, BlankRangeHoldsNothingOfOurs) { EXPECT_EQ(look().reason, Reason::kNotFormatted); }

TEST_F(ProbeTest, SuperblockGivesTheStoredSizes) {
  format(base());
  Finding finding = look();
  EXPECT_EQ(finding.reason, Reason::kNone);
  EXPECT_EQ(finding.geometry.image_bytes, kGeometry.image_bytes);
  EXPECT_EQ(finding.geometry.swap_bytes, kGeometry.swap_bytes);
}

TEST_F(ProbeTest, OneDamagedCopyIsStillOursAndIsNotRepairedByLooking) {
  format(base());
  memory_[100] ^= 1;
  EXPECT_EQ(look().reason, Reason::kNone);
  EXPECT_EQ(memory_[100], memory_[4096 + 100] ^ 1);
}

TEST_F(ProbeTest, BothCopiesDamagedIsNamed) {
  format(base());
  memory_[100] ^= 1;
  memory_[4096 + 100] ^= 1;
  EXPECT_EQ(look().reason, Reason::kSuperblockCorrupt);
}

TEST_F(ProbeTest, SuperblockMadeForAnotherAddressIsNotOurs) {
  format(base() + 2 * kMebibyte);
  EXPECT_EQ(look().reason, Reason::kRangeMoved);
}

TEST_F(ProbeTest, SizesThatReachBeyondTheNvmAreNotBelieved) {
  format(base());
  EXPECT_EQ(look(4 * kMebibyte).reason, Reason::kSuperblockCorrupt);
}

TEST_F(ProbeTest, UnmappedRangeIsNotTouched) {
  format(base());
  third_.entries[base() >> 30 & 511] = 0;
  EXPECT_EQ(look().reason, Reason::kUnsupportedFirmware);
}

}  // namespace
}  // namespace nvresume::efi
