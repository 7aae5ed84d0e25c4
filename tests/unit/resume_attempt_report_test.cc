// SPDX-License-Identifier: GPL-2.0-or-later
// What the resumed system says of its save and its resume, and what the log keeps of it.
#include "resume/attempt_report.h"

#include <gtest/gtest.h>
#include <string.h>

#include "tests/test_image.h"

namespace nvresume {
namespace {

constexpr uint8_t kImageId[16] = {7};

class AttemptReportTest : public testing::Test {
 protected:
  void store(AttemptKind kind, uint64_t unix_s) {
    auto log = AttemptLog::open(range_.area);
    ASSERT_TRUE(log.ok());
    AttemptRecord record = log->begin(kind);
    memcpy(record.image_id, kImageId, sizeof(kImageId));
    record.unix_s = unix_s;
    ASSERT_TRUE(log->store(record).ok());
  }
  AttemptRecord resumed() {
    auto log = AttemptLog::open(range_.area);
    return log->read(log->last_sequence()).value();
  }
  TestRange range_ = make_formatted_range();
  Console console_;
};

TEST_F(AttemptReportTest, ResumeEndsWithItsThaw) {
  store(AttemptKind::kSave, 1000);
  store(AttemptKind::kResume, 2000);
  ASSERT_TRUE(report_resume(console_, range_.area, kImageId, 5).ok());
  EXPECT_EQ(resumed().outcome, static_cast<uint32_t>(AttemptOutcome::kDone));
  ASSERT_EQ(resumed().phase_count, 1u);
  EXPECT_EQ(resumed().phases[0].duration_ns, 5u);
  EXPECT_EQ(resumed().unix_s, 2000u);
}

TEST_F(AttemptReportTest, AResumedSaveIsDoneWhateverTheLogSaidOfIt) {
  auto log = AttemptLog::open(range_.area);
  AttemptRecord record = log->begin(AttemptKind::kSave);
  memcpy(record.image_id, kImageId, sizeof(kImageId));
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record.reason = static_cast<uint32_t>(Reason::kPowerOffRefused);
  add_text(record, "a device refuses");
  ASSERT_TRUE(log->store(record).ok());
  store(AttemptKind::kResume, 2000);
  ASSERT_TRUE(report_resume(console_, range_.area, kImageId, 5).ok());
  const AttemptRecord save = log->read(record.sequence).value();
  EXPECT_EQ(save.outcome, static_cast<uint32_t>(AttemptOutcome::kDone));
  EXPECT_EQ(save.reason, 0u);
  EXPECT_EQ(save.text_bytes, 0u);
}

TEST_F(AttemptReportTest, APartOfAPhaseIsNoPhaseOfItsOwn) {
  AttemptRecord record{};
  add_phase(record, "load", 300);
  add_phase(record, "load/write", 200);
  EXPECT_FALSE(is_part(record.phases[0]));
  EXPECT_TRUE(is_part(record.phases[1]));
}

TEST_F(AttemptReportTest, DirectResumeGetsItsTimeFromTheResumedSystem) {
  store(AttemptKind::kSave, 1000);
  store(AttemptKind::kResume, 0);
  ASSERT_TRUE(report_resume(console_, range_.area, kImageId, 5).ok());
  EXPECT_GT(resumed().unix_s, 1000u);
}

TEST_F(AttemptReportTest, AnotherImagesAttemptsAreNotTaken) {
  store(AttemptKind::kSave, 1000);
  store(AttemptKind::kResume, 2000);
  const uint8_t other[16] = {8};
  EXPECT_FALSE(report_resume(console_, range_.area, other, 5).ok());
}

}  // namespace
}  // namespace nvresume
