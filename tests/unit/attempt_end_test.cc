// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/attempt_end.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/test_image.h"

namespace nvresume {
namespace {

constexpr uint64_t kThisBoot = 8;

class AttemptEndTest : public ::testing::Test {
 protected:
  AttemptEndTest() : log_(std::move(AttemptLog::open(range_.area).value())) {}

  static Superblock after_attempts(uint32_t count) {
    Superblock superblock{};
    superblock.boot_count = kThisBoot;
    superblock.attempt_count = count;
    superblock.attempt_boot_count = kThisBoot - 1;
    return superblock;
  }
  void write(AttemptKind kind, AttemptOutcome outcome, uint64_t boot_count, const char* path = "",
             Reason reason = Reason::kNone) {
    AttemptRecord record = log_.begin(kind);
    strcpy(record.path, path);
    record.outcome = static_cast<uint32_t>(outcome);
    record.boot_count = boot_count;
    record.reason = static_cast<uint32_t>(reason);
    ASSERT_TRUE(log_.store(record).ok());
  }
  std::string told(const Superblock& superblock) {
    AttemptRecord record = log_.begin(AttemptKind::kResume);
    const bool added = add_end_of_last_attempt(record, log_, superblock, kThisBoot);
    EXPECT_EQ(added, record.text_bytes != 0);
    return std::string(record.text, record.text_bytes);
  }

  TestRange range_ = make_formatted_range();
  AttemptLog log_;
};

TEST_F(AttemptEndTest, TheFirstBootAfterTheSaveTellsNothing) {
  write(AttemptKind::kSave, AttemptOutcome::kDone, kThisBoot - 1);
  EXPECT_EQ(told(after_attempts(0)), "");
}

TEST_F(AttemptEndTest, ABootWithoutARecordWasCutBeforeItsRestore) {
  write(AttemptKind::kSave, AttemptOutcome::kDone, kThisBoot - 2);
  EXPECT_EQ(told(after_attempts(1)), "boot 7 was cut off before its restore began\n");
}

TEST_F(AttemptEndTest, ADirectResumeThatWasRefusedIsNotTheEndOfItsBoot) {
  write(AttemptKind::kResume, AttemptOutcome::kRefused, kThisBoot - 1, "direct");
  EXPECT_EQ(told(after_attempts(1)), "boot 7 was cut off before its restore began\n");
}

TEST_F(AttemptEndTest, AHandOverThatFailedIsTheEndOfItsBoot) {
  write(AttemptKind::kResume, AttemptOutcome::kRefused, kThisBoot - 1, "direct",
        Reason::kHandOverFailed);
  EXPECT_EQ(told(after_attempts(1)), "");
}

TEST_F(AttemptEndTest, ARecordThatWasNeverFinishedIsARestoreCutOff) {
  write(AttemptKind::kResume, AttemptOutcome::kRunning, kThisBoot - 1);
  EXPECT_EQ(told(after_attempts(1)), "boot 7 was cut off while its restore ran\n");
}

TEST_F(AttemptEndTest, AnAttemptThatSaidWhyItStoppedNeedsNoMore) {
  write(AttemptKind::kResume, AttemptOutcome::kRefused, kThisBoot - 1);
  EXPECT_EQ(told(after_attempts(1)), "");
}

TEST_F(AttemptEndTest, ThisBootsOwnAttemptIsNotTheLastOne) {
  Superblock superblock = after_attempts(1);
  superblock.attempt_boot_count = kThisBoot;
  EXPECT_EQ(told(superblock), "");
}

}  // namespace
}  // namespace nvresume
