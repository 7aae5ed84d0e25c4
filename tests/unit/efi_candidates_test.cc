// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/candidates.h"

#include <gtest/gtest.h>

#include <map>

#include "efi/variables.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kGibibyte = uint64_t{1} << 30;
constexpr Geometry kStored{512 << 20, 256 << 20};

/// Answers from a table; an address not in it holds nothing of ours.
class FakeProbe final : public RangeProbe {
 public:
  Finding look(uint64_t base, uint64_t available_bytes) override {
    looked_available_bytes[base] = available_bytes;
    auto found = findings.find(base);
    return found == findings.end() ? Finding{} : found->second;
  }
  void put_superblock(uint64_t base) { findings[base] = {Reason::kNone, kStored}; }
  void put_moved(uint64_t base, uint64_t home) { findings[base] = {Reason::kRangeMoved, {}, home}; }
  void put_damaged(uint64_t base) { findings[base] = {Reason::kSuperblockCorrupt, {}}; }

  std::map<uint64_t, Finding> findings;
  std::map<uint64_t, uint64_t> looked_available_bytes;
};

class CandidatesTest : public testing::Test {
 protected:
  CandidatesTest() {
    candidates_.add(8 * kGibibyte, 4 * kGibibyte);
    candidates_.add(4 * kGibibyte, 2 * kGibibyte);
  }

  void name_range(uint64_t base, uint64_t bytes) {
    config_.mode = static_cast<uint32_t>(RangeMode::kExplicit);
    config_.range_base = base;
    config_.range_bytes = bytes;
  }
  Result<Choice> choose() { return choose_range(candidates_, config_, probe_); }

  CandidateList candidates_;
  NvresumeConfig config_ = default_config();
  FakeProbe probe_;
};

TEST_F(CandidatesTest, RangesAreSortedAndOverlapsBecomeOne) {
  candidates_.add(9 * kGibibyte, kGibibyte);
  candidates_.add(5 * kGibibyte, 4 * kGibibyte);
  ASSERT_EQ(candidates_.count(), 1u);
  EXPECT_EQ(candidates_[0].base, 4 * kGibibyte);
  EXPECT_EQ(candidates_[0].bytes, 8 * kGibibyte);
}

TEST_F(CandidatesTest, TouchingRangesStayApart) {
  candidates_.add(6 * kGibibyte, 2 * kGibibyte);
  ASSERT_EQ(candidates_.count(), 3u);
  EXPECT_EQ(candidates_[1].base, 6 * kGibibyte);
}

TEST_F(CandidatesTest, EmptyAndWrappingRangesAreIgnored) {
  candidates_.add(kGibibyte, 0);
  candidates_.add(~uint64_t{0} - 10, 100);
  EXPECT_EQ(candidates_.count(), 2u);
}

TEST_F(CandidatesTest, MoreRangesThanFitAreIgnored) {
  for (uint64_t i = 0; i < 100; ++i) candidates_.add((100 + 2 * i) * kGibibyte, kGibibyte);
  EXPECT_EQ(candidates_.count(), 64u);
}

TEST_F(CandidatesTest, SuperblockIsTakenWithoutConfiguration) {
  probe_.put_superblock(8 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->base, 8 * kGibibyte);
  EXPECT_EQ(choice->available_bytes, 4 * kGibibyte);
}

TEST_F(CandidatesTest, ForeignNvmIsNeverTakenByItself) {
  Result<Choice> choice = choose();
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().reason(), Reason::kNotFormatted);
}

TEST_F(CandidatesTest, SuperblockOfAnotherAddressIsForeignAndNamed) {
  probe_.put_moved(4 * kGibibyte, 16 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().reason(), Reason::kRangeMoved);
  EXPECT_NE(choice.error().text().find("0x400000000 lies at 0x100000000"), std::string_view::npos);
}

TEST_F(CandidatesTest, WhatTookTheNamedRangesPlaceIsNotTaken) {
  name_range(4 * kGibibyte, 2 * kGibibyte);
  probe_.put_moved(8 * kGibibyte, 4 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().reason(), Reason::kRangeMoved);
}

TEST_F(CandidatesTest, RangeLeftForAnotherOneIsForgotten) {
  name_range(4 * kGibibyte, 2 * kGibibyte);
  probe_.put_moved(8 * kGibibyte, 16 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->base, 4 * kGibibyte);
}

TEST_F(CandidatesTest, SuperblockGoesBeforeAMovedOne) {
  probe_.put_moved(4 * kGibibyte, 16 * kGibibyte);
  probe_.put_superblock(8 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->base, 8 * kGibibyte);
}

TEST_F(CandidatesTest, BlankNamedRangeIsTakenAsNamed) {
  name_range(9 * kGibibyte, kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->base, 9 * kGibibyte);
  EXPECT_EQ(choice->available_bytes, kGibibyte);
  EXPECT_EQ(choice->finding.reason, Reason::kNotFormatted);
}

TEST_F(CandidatesTest, NamedRangeEndsWithItsNvm) {
  name_range(11 * kGibibyte, 4 * kGibibyte);
  EXPECT_EQ(choose()->available_bytes, kGibibyte);
}

TEST_F(CandidatesTest, NamedAddressThatIsNoNvmIsRefused) {
  name_range(7 * kGibibyte, kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(choice.error().reason(), Reason::kNoNvm);
  EXPECT_EQ(choice.error().text(), "no NVM at the configured address 0x1c0000000");
}

TEST_F(CandidatesTest, NamedSuperblockGoesBeforeOthers) {
  probe_.put_superblock(4 * kGibibyte);
  probe_.put_superblock(9 * kGibibyte);
  name_range(9 * kGibibyte, kGibibyte);
  EXPECT_EQ(choose()->base, 9 * kGibibyte);
}

TEST_F(CandidatesTest, SuperblockElsewhereGoesBeforeABlankNamedRange) {
  probe_.put_superblock(4 * kGibibyte);
  name_range(9 * kGibibyte, kGibibyte);
  EXPECT_EQ(choose()->base, 4 * kGibibyte);
}

TEST_F(CandidatesTest, DamagedPairIsOursAndReported) {
  probe_.put_damaged(8 * kGibibyte);
  Result<Choice> choice = choose();
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->finding.reason, Reason::kSuperblockCorrupt);
}

TEST_F(CandidatesTest, ValidPairGoesBeforeADamagedOne) {
  probe_.put_damaged(4 * kGibibyte);
  probe_.put_superblock(8 * kGibibyte);
  EXPECT_EQ(choose()->base, 8 * kGibibyte);
}

TEST_F(CandidatesTest, NoNvmAtAllIsSaid) {
  candidates_ = CandidateList();
  EXPECT_EQ(choose().error().reason(), Reason::kNoNvm);
}

TEST_F(CandidatesTest, StoredSizesWinOverConfiguration) {
  Choice formatted{4 * kGibibyte, 2 * kGibibyte, {Reason::kNone, kStored}};
  Result<Geometry> geometry = size_range(formatted, kGibibyte, 100);
  ASSERT_TRUE(geometry.ok());
  EXPECT_EQ(geometry->image_bytes, kStored.image_bytes);
  EXPECT_EQ(geometry->swap_bytes, kStored.swap_bytes);
}

TEST_F(CandidatesTest, BlankRangeIsPlanned) {
  Choice blank{4 * kGibibyte, 8 * kGibibyte, {Reason::kNotFormatted, {}}};
  EXPECT_EQ(size_range(blank, kGibibyte, 200)->total_bytes(), 2 * kGibibyte);
  blank.available_bytes = kGibibyte / 2;
  EXPECT_EQ(size_range(blank, kGibibyte, 200).error().reason(), Reason::kNoRoom);
}

}  // namespace
}  // namespace nvresume::efi
