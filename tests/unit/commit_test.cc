// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/commit.h"

#include <gtest/gtest.h>

#include "tests/test_image.h"

namespace nvresume {
namespace {

class CommitTest : public ::testing::Test {
 protected:
  CommitTest() : area_(open()) {}

  ImageArea open() {
    auto area = ImageArea::open(range_.area);
    EXPECT_TRUE(area.ok());
    return std::move(area.value());
  }
  void save() { ASSERT_TRUE(save_image(area_, range_.swap, stream_, 1).ok()); }
  Reason pending() {
    const Status status = check_image_pending(open(), range_.swap);
    return status.ok() ? Reason::kNone : status.error().reason();
  }
  bool pending_in_this_boot() {
    const ImageArea area = open();
    return check_image_pending(area, range_.swap, area.superblock().boot_count).ok();
  }
  SwapSignature signature() { return read_swap_signature(range_.swap).value(); }

  TestRange range_ = make_formatted_range();
  TestStream stream_ = make_stream(3);
  ImageArea area_;
};

TEST_F(CommitTest, ASavedImageIsPendingAndReadsBackWhole) {
  EXPECT_EQ(pending(), Reason::kNoImage);
  save();
  EXPECT_EQ(pending(), Reason::kNone);
  EXPECT_EQ(signature(), SwapSignature::kUser);
  const auto stream = look_for_image(range_.area, range_.swap);
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ(stream.value(), stream_.pages);
}

TEST_F(CommitTest, SwappingSinceTheSaveMakesItStale) {
  save();
  ASSERT_TRUE(write_swap_signature(range_.swap, SwapSignature::kSwap).ok());
  EXPECT_EQ(pending(), Reason::kStaleSwapSignature);
}

TEST_F(CommitTest, TheAttemptLimitIsReached) {
  save();
  for (int boot = 0; boot < 2; boot++) {
    ASSERT_TRUE(area_.count_boot().ok());
    EXPECT_EQ(pending(), Reason::kNone);
    ASSERT_TRUE(area_.begin_attempt().ok());
    EXPECT_TRUE(pending_in_this_boot()) << "it may use its own attempt";
  }
  EXPECT_EQ(pending(), Reason::kAttemptLimit);
}

TEST_F(CommitTest, AttemptsCountedWithTheirBootsReachTheLimitAlike) {
  save();
  ASSERT_TRUE(area_.count_boot_and_attempt().ok());
  ASSERT_TRUE(area_.count_boot_and_attempt().ok());
  EXPECT_TRUE(pending_in_this_boot());
  const Status next = check_image_pending(open(), range_.swap);
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().reason(), Reason::kAttemptLimit);
  EXPECT_EQ(next.error().text(), "the image failed to resume 2 times");
}

TEST_F(CommitTest, WritingConsumedAndFailedAreNotPending) {
  const uint8_t id[16] = {1};
  ASSERT_TRUE(area_.begin_save(id).ok());
  EXPECT_EQ(pending(), Reason::kSaveCutShort);
  save();
  ASSERT_TRUE(area_.consume().ok());
  EXPECT_EQ(pending(), Reason::kConsumed);
  ASSERT_TRUE(area_.fail(Reason::kWitnessChanged).ok());
  EXPECT_EQ(pending(), Reason::kWitnessChanged);
  ASSERT_TRUE(area_.fail(Reason::kKernelImage).ok());
  EXPECT_EQ(pending(), Reason::kNoImage) << "a failed image is never a success";
}

TEST_F(CommitTest, WithoutASwapAreaNothingIsCommitted) {
  range_.swap = FakeNvm(kTestGeometry.swap_bytes);
  EXPECT_EQ(save_image(area_, range_.swap, stream_, 1).error().reason(), Reason::kNoSwap);
  EXPECT_EQ(open().state(), State::kWriting);
}

TEST_F(CommitTest, AFailedSaveIsTakenBackThoughNoSwapAreaIsThere) {
  range_.swap = FakeNvm(kTestGeometry.swap_bytes);
  ASSERT_FALSE(save_image(area_, range_.swap, stream_, 1).ok());
  EXPECT_TRUE(take_back_image(area_, range_.swap, Reason::kNoSwap).ok());
}

TEST_F(CommitTest, TakenBackIsNoImageAndOrdinarySwap) {
  save();
  ASSERT_TRUE(take_back_image(area_, range_.swap, Reason::kPowerOffRefused).ok());
  EXPECT_EQ(pending(), Reason::kPowerOffRefused);
  EXPECT_EQ(signature(), SwapSignature::kSwap);
}

TEST_F(CommitTest, TakingBackReportsEveryStoreThatFails) {
  for (uint64_t number = 1; number <= 2; number++) {
    range_ = make_formatted_range();
    area_ = open();
    save();
    range_.area.fail_write(number, FakeNvm::Landing::kHalf);
    EXPECT_FALSE(take_back_image(area_, range_.swap, Reason::kWakeEvent).ok()) << number;
  }
  range_ = make_formatted_range();
  area_ = open();
  save();
  range_.swap.fail_flush(1);
  EXPECT_FALSE(take_back_image(area_, range_.swap, Reason::kWakeEvent).ok());
}

TEST_F(CommitTest, TakingBackBelievesOnlyTheMedium) {
  save();
  range_.area.drop_writes_to(kSuperblockBOffset);  // a device that lies about its stores
  const Status status = take_back_image(area_, range_.swap, Reason::kWakeEvent);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason(), Reason::kVerifyFailed);
}

TEST_F(CommitTest, ANormalBootDropsAPendingImageOnly) {
  ASSERT_TRUE(drop_image(area_, range_.swap, Reason::kNotDropped).ok());
  EXPECT_EQ(open().superblock().generation, 1u) << "no image, no store";
  save();
  ASSERT_TRUE(drop_image(area_, range_.swap, Reason::kDisabled).ok());
  EXPECT_EQ(pending(), Reason::kDisabled);
  EXPECT_EQ(signature(), SwapSignature::kSwap);
  ASSERT_TRUE(drop_image(area_, range_.swap, Reason::kNotDropped).ok());
  EXPECT_EQ(pending(), Reason::kDisabled) << "the first reason stays";
}

TEST_F(CommitTest, ANormalBootLeavesAnInKernelImageAlone) {
  const uint8_t text[] = "S1SUSPEND";
  range_.swap.put(kBlockBytes - 10, text);
  ASSERT_TRUE(drop_image(area_, range_.swap, Reason::kNotDropped).ok());
  EXPECT_EQ(signature(), SwapSignature::kKernel);
}

TEST_F(CommitTest, TheResumedWorldEndsTheImage) {
  save();
  EXPECT_FALSE(finish_resume(area_, range_.swap).ok()) << "never consumed";
  EXPECT_EQ(signature(), SwapSignature::kUser);
  ASSERT_TRUE(area_.consume().ok());
  ASSERT_TRUE(finish_resume(area_, range_.swap).ok());
  EXPECT_EQ(open().state(), State::kEmpty);
  EXPECT_EQ(signature(), SwapSignature::kSwap);
}

TEST_F(CommitTest, ASecondSaveFollowsAResume) {
  for (uint8_t id = 1; id <= 3; id++) {
    stream_ = make_stream(id);
    ASSERT_TRUE(save_image(area_, range_.swap, stream_, id).ok());
    ASSERT_EQ(look_for_image(range_.area, range_.swap).value(), stream_.pages);
    ASSERT_TRUE(area_.consume().ok());
    ASSERT_TRUE(finish_resume(area_, range_.swap).ok());
  }
}

}  // namespace
}  // namespace nvresume
