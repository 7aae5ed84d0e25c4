// SPDX-License-Identifier: GPL-2.0-or-later
// Every order of writes in image/commit.h and image/image_area.h, cut at every store.
#include "image/ticket.h"
#include "tests/crash/crash_test.h"

namespace nvresume {
namespace {

using Orders = CrashTest;

TEST_F(Orders, CutInASaveIsNoImageOrTheWholeImage) {
  record([this](ImageArea& area) {
    ASSERT_TRUE(save_image(area, swap(), stream_, 1).ok());
    mark();
  });
  expect_after_any_cut({{kNone, kWhole}, {kWhole}});
}

TEST_F(Orders, CutInASaveOverAConsumedImageNeverShowsTheOldOne) {
  save_and_consume();
  stream_ = make_stream(8);
  record([this](ImageArea& area) {
    ASSERT_TRUE(save_image(area, swap(), stream_, 2).ok());
    mark();
  });
  expect_after_any_cut({{kNone, kWhole}, {kWhole}});
}

TEST_F(Orders, CutBeforeTheCommitIsNoImage) {
  record([this](ImageArea& area) {
    const uint8_t id[16] = {1};
    ASSERT_TRUE(area.begin_save(id).ok());
    ASSERT_TRUE(store_image(area, stream_).ok());
  });
  expect_after_any_cut({{kNone}});
}

TEST_F(Orders, CutWhileBootsAndAttemptsAreCountedKeepsTheImage) {
  save();
  record([](ImageArea& area) {
    ASSERT_TRUE(area.count_boot().ok());
    ASSERT_TRUE(area.begin_attempt().ok());
    ASSERT_TRUE(area.lower_attempt().ok());
    ASSERT_TRUE(area.set_log_sequence(3).ok());
  });
  expect_after_any_cut({{kWhole}});
}

TEST_F(Orders, CutWhileABootIsCountedAsAnAttemptLeavesATicketThatFits) {
  save();
  record([](ImageArea& area) { ASSERT_TRUE(area.count_boot_and_attempt().ok()); });
  for_each_cut([](std::vector<FakeNvm>& devices) {
    const auto opened = ImageArea::open(devices[kArea]);
    ASSERT_TRUE(opened.ok());
    const Superblock& superblock = opened->superblock();
    EXPECT_EQ(superblock.boot_count - superblock.saved_boot_count, superblock.attempt_count);
    EXPECT_TRUE(check_ticket(superblock, superblock.boot_count + 1).ok());
  });
  expect_after_any_cut({{kWhole}});
}

TEST_F(Orders, CutWhileARefusedAttemptIsTakenBackLeavesATicketThatFits) {
  save();
  record([](ImageArea& area) {
    ASSERT_TRUE(area.count_boot_and_attempt().ok());
    ASSERT_TRUE(area.take_back_boot().ok());
    ASSERT_TRUE(area.count_boot_and_attempt().ok());
  });
  for_each_cut([](std::vector<FakeNvm>& devices) {
    const auto opened = ImageArea::open(devices[kArea]);
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(check_ticket(opened->superblock(), opened->superblock().boot_count + 1).ok());
  });
  expect_after_any_cut({{kWhole}});
}

TEST_F(Orders, AConsumedImageNeverComesBackWhateverCopyIsDamaged) {
  save();
  record([this](ImageArea& area) {
    ASSERT_TRUE(area.begin_attempt().ok());
    mark();
    ASSERT_TRUE(area.consume().ok());
    mark();
  });
  expect_after_any_cut({{kWhole}, {kNone, kWhole}, {kNone}});
}

TEST_F(Orders, CutInAnUndoneConsumeIsTheImageOrNone) {
  save_and_consume();
  record([this](ImageArea& area) {
    ASSERT_TRUE(area.unconsume().ok());
    mark();
  });
  expect_after_any_cut({{kNone, kWhole}, {kWhole}});
}

TEST_F(Orders, ATakenBackImageIsGoneForGood) {
  save();
  record([this](ImageArea& area) {
    ASSERT_TRUE(take_back_image(area, swap(), Reason::kPowerOffRefused).ok());
    mark();
  });
  expect_after_any_cut({{kNone, kWhole}, {kNone}});
}

TEST_F(Orders, ADroppedImageIsGoneForGood) {
  save();
  record([this](ImageArea& area) {
    ASSERT_TRUE(drop_image(area, swap(), Reason::kNotDropped).ok());
    mark();
  });
  expect_after_any_cut({{kNone, kWhole}, {kNone}});
}

TEST_F(Orders, CutAfterAResumeNeverShowsTheImageAgain) {
  save_and_consume();
  record([this](ImageArea& area) {
    ASSERT_TRUE(finish_resume(area, swap()).ok());
    mark();
    ASSERT_TRUE(area.count_boot().ok());
  });
  expect_after_any_cut({{kNone}, {kNone}});
}

TEST_F(Orders, CutInAFormatIsTheOldRangeOrNoneAndFormattingAgainWorks) {
  save();
  record([](ImageArea& area) {
    ASSERT_TRUE(ImageArea::format(area.nvm(), kTestRangeBase, kTestGeometry).ok());
  });
  for_each_cut([this](std::vector<FakeNvm>& devices) {
    const auto stream = look_for_image(devices[kArea], devices[kSwap]);
    EXPECT_TRUE(!stream.ok() || *stream == stream_.pages);
    const auto again = ImageArea::format(devices[kArea], kTestRangeBase, kTestGeometry);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(ImageArea::open(devices[kArea])->state(), State::kEmpty);
  });
}

TEST_F(Orders, AWholeCycleCutAnywhereIsOldNoneOrNew) {
  record([this](ImageArea& area) {
    ASSERT_TRUE(save_image(area, swap(), stream_, 1).ok());
    mark();
    ASSERT_TRUE(area.count_boot().ok());
    ASSERT_TRUE(area.begin_attempt().ok());
    mark();
    ASSERT_TRUE(area.consume().ok());
    mark();
    ASSERT_TRUE(finish_resume(area, swap()).ok());
  });
  expect_after_any_cut({{kNone, kWhole}, {kWhole}, {kNone, kWhole}, {kNone}});
}

}  // namespace
}  // namespace nvresume
