// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/nfit.h"

#include <gtest/gtest.h>
#include <string.h>

#include <vector>

namespace nvresume::efi {
namespace {

const uint8_t kPersistentMemory[16] = {0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
                                       0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb};

class NfitTest : public testing::Test {
 protected:
  NfitTest() : table_(40, 0) { memcpy(table_.data(), "NFIT", 4); }

  void add_structure(uint16_t type, uint16_t length) {
    size_t at = table_.size();
    table_.resize(at + length, 0);
    memcpy(&table_[at], &type, 2);
    memcpy(&table_[at + 2], &length, 2);
  }

  void add_spa(uint64_t base, uint64_t bytes, const uint8_t* guid = kPersistentMemory) {
    size_t at = table_.size();
    add_structure(0, 56);
    memcpy(&table_[at + 16], guid, 16);
    memcpy(&table_[at + 32], &base, 8);
    memcpy(&table_[at + 40], &bytes, 8);
  }

  std::vector<uint8_t> table_;
  CandidateList found_;
};

TEST_F(NfitTest, PersistentRangesAreFoundBesideOtherStructures) {
  add_structure(1, 48);
  add_spa(0x100000000, 0x80000000);
  add_structure(4, 80);
  add_spa(0x300000000, 0x40000000);
  ASSERT_TRUE(add_nfit_ranges(table_, found_).ok());
  ASSERT_EQ(found_.count(), 2u);
  EXPECT_EQ(found_[0].base, 0x100000000u);
  EXPECT_EQ(found_[0].bytes, 0x80000000u);
  EXPECT_EQ(found_[1].base, 0x300000000u);
}

TEST_F(NfitTest, RangesOfAnotherTypeAreLeftOut) {
  uint8_t control_region[16] = {0xe3, 0x80, 0x5c};
  add_spa(0x100000000, 0x80000000, control_region);
  ASSERT_TRUE(add_nfit_ranges(table_, found_).ok());
  EXPECT_EQ(found_.count(), 0u);
}

TEST_F(NfitTest, StructureOfLengthZeroEndsTheWalk) {
  add_spa(0x100000000, 0x80000000);
  table_.resize(table_.size() + 4, 0);
  EXPECT_FALSE(add_nfit_ranges(table_, found_).ok());
  EXPECT_EQ(found_.count(), 1u);
}

TEST_F(NfitTest, StructureBeyondTheTableIsAnError) {
  add_spa(0x100000000, 0x80000000);
  table_.pop_back();
  Status parsed = add_nfit_ranges(table_, found_);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().text(), "NFIT: structure at offset 40 does not fit the table");
  EXPECT_EQ(found_.count(), 0u);
}

TEST_F(NfitTest, HeaderAloneHoldsNothing) {
  EXPECT_TRUE(add_nfit_ranges(table_, found_).ok());
  EXPECT_EQ(found_.count(), 0u);
}

}  // namespace
}  // namespace nvresume::efi
