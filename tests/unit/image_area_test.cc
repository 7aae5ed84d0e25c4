// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/image_area.h"

#include <gtest/gtest.h>

#include "image/attempt_log.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

constexpr uint8_t kId[16] = {1, 2, 3};
constexpr Extent kMetadata{8192, 4096, 1};
constexpr Extent kIndex{4096, 4096, 2};

class ImageAreaTest : public ::testing::Test {
 protected:
  ImageArea open() {
    auto area = ImageArea::open(nvm_);
    EXPECT_TRUE(area.ok());
    return std::move(area.value());
  }
  Reason reason_to_refuse() {
    const auto area = ImageArea::open(nvm_);
    return area.ok() ? Reason::kNone : area.error().reason();
  }
  void make_committed() {
    ImageArea area = open();
    ASSERT_TRUE(area.begin_save(kId).ok());
    ASSERT_TRUE(area.commit(kMetadata, kIndex).ok());
  }
  void copy_block(uint64_t from, uint64_t to) { nvm_.put(to, {nvm_.block(from), kBlockBytes}); }
  bool copies_are_equal() {
    return memcmp(nvm_.block(kSuperblockAOffset), nvm_.block(kSuperblockBOffset), kBlockBytes) == 0;
  }
  /// Changes one copy and seals it, as another writer would.
  void rewrite(uint64_t offset, const std::function<void(Superblock&)>& change) {
    Superblock superblock;
    memcpy(&superblock, nvm_.block(offset), sizeof(superblock));
    change(superblock);
    seal(superblock);
    nvm_.put(offset, bytes_of(superblock));
  }

  FakeNvm nvm_ = make_formatted_range().area;
};

TEST_F(ImageAreaTest, FormattedIsEmptyInBothCopies) {
  const ImageArea area = open();
  EXPECT_EQ(area.state(), State::kEmpty);
  EXPECT_EQ(area.superblock().range_base, kTestRangeBase);
  EXPECT_TRUE(copies_are_equal());
}

TEST_F(ImageAreaTest, ABlankRangeIsNotFormatted) {
  nvm_ = FakeNvm(kTestGeometry.image_bytes);
  EXPECT_EQ(reason_to_refuse(), Reason::kNotFormatted);
  nvm_ = FakeNvm(4096);
  EXPECT_EQ(reason_to_refuse(), Reason::kNotFormatted);
}

TEST_F(ImageAreaTest, FormatEndsAnOlderFormatWhateverItsGeneration) {
  make_committed();
  for (int i = 0; i < 5; i++) ASSERT_TRUE(open().count_boot().ok());
  nvm_.corrupt_byte(kTestGeometry.image_bytes - 512);
  ASSERT_TRUE(ImageArea::format(nvm_, kTestRangeBase, kTestGeometry).ok());
  EXPECT_EQ(open().state(), State::kEmpty);
  EXPECT_EQ(open().superblock().generation, 1u);
  EXPECT_EQ(nvm_.written_blocks(), (std::vector<uint64_t>{0, 4096})) << "log and tail are zero";
}

TEST_F(ImageAreaTest, FormatRefusesWhatOpenWouldCallDamaged) {
  EXPECT_FALSE(ImageArea::format(nvm_, 4096, kTestGeometry).ok());
  EXPECT_FALSE(ImageArea::format(nvm_, 0, {2 * kTestGeometry.image_bytes, 1 << 21}).ok());
  EXPECT_FALSE(ImageArea::format(nvm_, 0, {kTestGeometry.image_bytes, 0}).ok());
  EXPECT_EQ(open().state(), State::kEmpty) << "nothing was touched";
}

TEST_F(ImageAreaTest, TheWholeDayOfAnImage) {
  ImageArea area = open();
  ASSERT_TRUE(area.count_boot().ok());
  ASSERT_TRUE(area.begin_save(kId).ok());
  EXPECT_EQ(open().state(), State::kWriting);
  ASSERT_TRUE(area.commit(kMetadata, kIndex).ok());
  EXPECT_EQ(open().superblock().saved_boot_count, 1u);
  ASSERT_TRUE(area.count_boot().ok());
  ASSERT_TRUE(area.begin_attempt().ok());
  EXPECT_EQ(open().superblock().attempt_count, 1u);
  ASSERT_TRUE(area.consume().ok());
  EXPECT_EQ(open().state(), State::kConsumed);
  ASSERT_TRUE(area.clear().ok());
  EXPECT_EQ(open().state(), State::kEmpty);
  EXPECT_EQ(open().superblock().boot_count, 2u);
  EXPECT_EQ(open().superblock().metadata.length_bytes, 0u);
  EXPECT_TRUE(copies_are_equal());
}

TEST_F(ImageAreaTest, StepsOutOfOrderAreRefusedAndStoreNothing) {
  ImageArea area = open();
  const uint64_t generation = area.superblock().generation;
  EXPECT_FALSE(area.commit(kMetadata, kIndex).ok());
  EXPECT_FALSE(area.begin_attempt().ok());
  EXPECT_FALSE(area.lower_attempt().ok());
  EXPECT_FALSE(area.consume().ok());
  EXPECT_FALSE(area.unconsume().ok());
  make_committed();
  area = open();
  EXPECT_FALSE(area.begin_save(kId).ok()) << "a committed image is dropped by name first";
  EXPECT_FALSE(area.clear().ok());
  EXPECT_FALSE(area.lower_attempt().ok());
  EXPECT_EQ(open().superblock().generation, generation + 2);
}

TEST_F(ImageAreaTest, CommitRefusesExtentsOutsideTheSlot) {
  ImageArea area = open();
  ASSERT_TRUE(area.begin_save(kId).ok());
  EXPECT_FALSE(area.commit({1 << 30, 4096, 0}, kIndex).ok());
  EXPECT_FALSE(area.commit({}, {}).ok());
  EXPECT_EQ(open().state(), State::kWriting);
}

TEST_F(ImageAreaTest, AFailedImageKeepsItsFieldsAndANewSaveClearsThem) {
  make_committed();
  ImageArea area = open();
  ASSERT_TRUE(area.fail(Reason::kOtherBoot).ok());
  EXPECT_EQ(open().superblock().reason, static_cast<uint32_t>(Reason::kOtherBoot));
  EXPECT_EQ(open().superblock().metadata.offset_bytes, kMetadata.offset_bytes);
  const uint8_t next[16] = {9};
  ASSERT_TRUE(area.begin_save(next).ok());
  EXPECT_EQ(open().superblock().reason, 0u);
  EXPECT_EQ(open().superblock().metadata.length_bytes, 0u);
  EXPECT_EQ(open().superblock().image_id[0], 9);
}

TEST_F(ImageAreaTest, AnAttemptIsLoweredAndAnUndoneConsumeStaysCounted) {
  make_committed();
  ImageArea area = open();
  ASSERT_TRUE(area.begin_attempt().ok());
  ASSERT_TRUE(area.lower_attempt().ok());
  EXPECT_EQ(open().superblock().attempt_count, 0u);
  ASSERT_TRUE(area.begin_attempt().ok());
  ASSERT_TRUE(area.consume().ok());
  ASSERT_TRUE(area.unconsume().ok());
  EXPECT_EQ(open().state(), State::kCommitted);
  EXPECT_EQ(open().superblock().attempt_count, 1u);
}

TEST_F(ImageAreaTest, AnAttemptCountedWithItsBootIsNotCountedTwice) {
  make_committed();
  ImageArea area = open();
  const uint64_t boots = area.superblock().boot_count;
  ASSERT_TRUE(area.count_boot_and_attempt().ok());
  const uint64_t generation = area.superblock().generation;
  EXPECT_EQ(area.superblock().boot_count, boots + 1);
  EXPECT_EQ(area.superblock().attempt_count, 1u);
  ASSERT_TRUE(area.begin_attempt().ok());
  EXPECT_EQ(open().superblock().attempt_count, 1u);
  EXPECT_EQ(open().superblock().generation, generation) << "nothing was stored";
  // The next boot's is another one.
  ASSERT_TRUE(area.count_boot().ok());
  ASSERT_TRUE(area.begin_attempt().ok());
  EXPECT_EQ(open().superblock().attempt_count, 2u);
}

TEST_F(ImageAreaTest, ABootTakenBackLeavesTheCountsAsTheyWere) {
  make_committed();
  ImageArea area = open();
  const uint64_t boots = area.superblock().boot_count;
  EXPECT_FALSE(area.take_back_boot().ok()) << "this boot's attempt is not counted";
  ASSERT_TRUE(area.count_boot_and_attempt().ok());
  ASSERT_TRUE(area.take_back_boot().ok());
  EXPECT_EQ(open().superblock().boot_count, boots);
  EXPECT_EQ(open().superblock().attempt_count, 0u);
  EXPECT_EQ(open().superblock().attempt_boot_count, 0u);
}

TEST_F(ImageAreaTest, WithoutAnImageNoBootIsAnAttempt) {
  ImageArea area = open();
  EXPECT_FALSE(area.count_boot_and_attempt().ok());
  EXPECT_EQ(open().superblock().boot_count, 0u);
}

TEST_F(ImageAreaTest, ANewSaveForgetsWhoseAttemptWasCounted) {
  make_committed();
  ImageArea area = open();
  ASSERT_TRUE(area.count_boot_and_attempt().ok());
  ASSERT_TRUE(area.fail(Reason::kWitnessChanged).ok());
  ASSERT_TRUE(area.begin_save(kId).ok());
  EXPECT_EQ(open().superblock().attempt_boot_count, 0u);
}

TEST_F(ImageAreaTest, ARangeOfTheFirstMinorVersionIsRaisedByItsFirstChange) {
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset})
    rewrite(copy, [](Superblock& s) { s.minor = 0; });
  EXPECT_EQ(open().superblock().minor, 0u) << "reading changes nothing";
  ASSERT_TRUE(open().count_boot().ok());
  EXPECT_EQ(open().superblock().minor, kFormatMinor);
}

TEST_F(ImageAreaTest, EitherDamagedCopyIsRepairedFromTheOther) {
  make_committed();
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset}) {
    for (const uint64_t offset : {0u, 24u, 32u, 2000u, 4095u}) {
      nvm_.corrupt_byte(copy + offset);
      EXPECT_EQ(open().state(), State::kCommitted);
      EXPECT_TRUE(copies_are_equal());
    }
  }
}

TEST_F(ImageAreaTest, PeekSaysWhatIsWrongAndRepairsNothing) {
  make_committed();
  nvm_.corrupt_byte(kSuperblockBOffset + 100);
  const auto area = ImageArea::peek(nvm_);
  ASSERT_TRUE(area.ok());
  EXPECT_EQ(area->copy_a(), CopyState::kGood);
  EXPECT_EQ(area->copy_b(), CopyState::kCorrupt);
  EXPECT_FALSE(copies_are_equal());
}

TEST_F(ImageAreaTest, AnOlderCopyIsOverwrittenBeforeItCanComeBack) {
  make_committed();
  copy_block(kSuperblockBOffset, kSlotOffset);
  ImageArea area = open();
  ASSERT_TRUE(area.consume().ok());
  copy_block(kSlotOffset, kSuperblockBOffset);  // as if power had gone between the copies
  EXPECT_EQ(ImageArea::peek(nvm_)->copy_b(), CopyState::kOlder);
  EXPECT_EQ(open().state(), State::kConsumed);
  nvm_.corrupt_block(kSuperblockAOffset);
  EXPECT_EQ(open().state(), State::kConsumed);
}

TEST_F(ImageAreaTest, BothCopiesDamagedIsCorrupt) {
  nvm_.corrupt_byte(kSuperblockAOffset + 50);
  nvm_.corrupt_byte(kSuperblockBOffset + 50);
  EXPECT_EQ(reason_to_refuse(), Reason::kSuperblockCorrupt);
  nvm_.corrupt_byte(kSuperblockAOffset);  // now without its magic
  EXPECT_EQ(reason_to_refuse(), Reason::kSuperblockCorrupt);
}

TEST_F(ImageAreaTest, AValidCopyOfAnotherVersionIsNotRepairedOver) {
  const auto to_next_major = [](Superblock& s) { s.major++; };
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset}) {
    nvm_ = make_formatted_range().area;
    rewrite(copy, to_next_major);
    EXPECT_EQ(reason_to_refuse(), Reason::kUnsupportedVersion);
    EXPECT_FALSE(copies_are_equal());
  }
}

TEST_F(ImageAreaTest, FieldsOfAHigherMinorVersionSurviveAChange) {
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset})
    rewrite(copy, [](Superblock& s) { s.minor++, s.zero[5] = 77; });
  ASSERT_TRUE(open().count_boot().ok());
  EXPECT_EQ(open().superblock().zero[5], 77);
}

TEST_F(ImageAreaTest, ContradictingCopiesOfOneGenerationDoNotResume) {
  make_committed();
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset}) {
    FakeNvm saved = nvm_;
    rewrite(copy, [](Superblock& s) { s.state = static_cast<uint32_t>(State::kConsumed); });
    EXPECT_EQ(open().state(), State::kConsumed);
    nvm_ = saved;
  }
}

TEST_F(ImageAreaTest, ASuperblockLargerThanItsDeviceIsDamage) {
  FakeNvm cut(kTestGeometry.image_bytes - kRangeAlignment / 2);
  for (const uint64_t block : nvm_.written_blocks())
    cut.put(block, {nvm_.block(block), kBlockBytes});
  EXPECT_EQ(ImageArea::open(cut).error().reason(), Reason::kSuperblockCorrupt);
}

TEST_F(ImageAreaTest, OneUnreadableCopyIsADamagedCopyBothAreAnError) {
  nvm_.make_unreadable(kSuperblockAOffset);
  EXPECT_EQ(open().state(), State::kEmpty);
  nvm_.make_unreadable(kSuperblockBOffset);
  EXPECT_EQ(reason_to_refuse(), Reason::kIoError);
}

TEST_F(ImageAreaTest, ARepairThatCannotBeStoredIsAnError) {
  nvm_.corrupt_byte(kSuperblockBOffset);
  nvm_.fail_write(1, FakeNvm::Landing::kNothing);
  EXPECT_EQ(reason_to_refuse(), Reason::kIoError);
}

/// Which store or flush of a two-copy change fails, and what the failing store leaves.
struct Fault {
  bool in_flush;
  uint64_t number;
  FakeNvm::Landing landing;
};

class FailedChangeTest : public ImageAreaTest, public ::testing::WithParamInterface<Fault> {
 protected:
  void inject() {
    if (GetParam().in_flush)
      nvm_.fail_flush(GetParam().number);
    else
      nvm_.fail_write(GetParam().number, GetParam().landing);
  }
};

TEST_P(FailedChangeTest, ALaterChangeStillReachesBothCopies) {
  make_committed();
  ImageArea area = open();
  inject();
  ASSERT_FALSE(area.consume().ok());
  ASSERT_TRUE(area.fail(Reason::kIoError).ok());
  EXPECT_EQ(area.copy_a(), CopyState::kGood);
  EXPECT_EQ(area.copy_b(), CopyState::kGood);
  EXPECT_TRUE(copies_are_equal());
  EXPECT_EQ(open().state(), State::kFailed);
}

TEST_P(FailedChangeTest, TheMediumReadsAsOldOrNewAndNeverAsDamaged) {
  make_committed();
  ImageArea area = open();
  inject();
  ASSERT_FALSE(area.consume().ok());
  const auto after = ImageArea::peek(nvm_);
  ASSERT_TRUE(after.ok());
  // What memory calls certain is never newer than the medium.
  EXPECT_GE(after->superblock().generation, area.superblock().generation);
  EXPECT_TRUE(after->state() == State::kCommitted || after->state() == State::kConsumed);
}

TEST_P(FailedChangeTest, ACutInTheNextChangeLeavesAWholeCopy) {
  make_committed();
  ImageArea area = open();
  inject();
  ASSERT_FALSE(area.consume().ok());
  // The next change loses power in its first store: half of it arrives.
  nvm_.fail_write(1, FakeNvm::Landing::kHalf);
  ASSERT_FALSE(area.fail(Reason::kIoError).ok());
  EXPECT_TRUE(ImageArea::open(nvm_).ok());
}

TEST_P(FailedChangeTest, NoTwoContentsCarryOneGeneration) {
  make_committed();
  ImageArea area = open();
  inject();
  ASSERT_FALSE(area.consume().ok());
  const uint64_t seen = ImageArea::peek(nvm_)->superblock().generation;
  ASSERT_TRUE(area.fail(Reason::kIoError).ok());
  EXPECT_GT(area.superblock().generation, seen);
}

using Landing = FakeNvm::Landing;
INSTANTIATE_TEST_SUITE_P(
    EveryStoreAndFlush, FailedChangeTest,
    ::testing::Values(Fault{false, 1, Landing::kNothing}, Fault{false, 1, Landing::kHalf},
                      Fault{false, 1, Landing::kWhole}, Fault{false, 2, Landing::kNothing},
                      Fault{false, 2, Landing::kHalf}, Fault{false, 2, Landing::kWhole},
                      Fault{true, 1, Landing::kWhole}, Fault{true, 2, Landing::kWhole}));

}  // namespace
}  // namespace nvresume
