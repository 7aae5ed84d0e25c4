// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/attempt_log.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/power_cut.h"
#include "tests/seed.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

class AttemptLogTest : public ::testing::Test {
 protected:
  AttemptLog open() {
    auto log = AttemptLog::open(nvm_);
    EXPECT_TRUE(log.ok());
    return *log;
  }
  void store_attempts(uint64_t count) {
    AttemptLog log = open();
    for (uint64_t i = 0; i < count; i++) {
      AttemptRecord record = log.begin(AttemptKind::kResume);
      add_text(record, "attempt " + std::to_string(record.sequence));
      ASSERT_TRUE(log.store(record).ok());
    }
  }
  std::string text_of(uint64_t sequence) {
    auto record = open().read(sequence);
    return record.ok() ? std::string(record->text, record->text_bytes) : "(none)";
  }

  FakeNvm nvm_ = make_formatted_range().area;
};

TEST_F(AttemptLogTest, AFreshLogIsEmpty) {
  EXPECT_EQ(open().last_sequence(), 0u);
  EXPECT_EQ(text_of(1), "(none)");
}

TEST_F(AttemptLogTest, RecordsComeBackAndTheOldestGiveWay) {
  store_attempts(kAttemptRecordCount + 5);
  EXPECT_EQ(open().last_sequence(), kAttemptRecordCount + 5);
  EXPECT_EQ(text_of(5), "(none)");
  EXPECT_EQ(text_of(6), "attempt 6\n");
  EXPECT_EQ(text_of(kAttemptRecordCount + 5), "attempt 69\n");
}

TEST_F(AttemptLogTest, ARecordIsUpdatedInPlace) {
  AttemptLog log = open();
  AttemptRecord record = log.begin(AttemptKind::kSave);
  ASSERT_TRUE(log.store(record).ok());
  EXPECT_EQ(open().read(1)->outcome, static_cast<uint32_t>(AttemptOutcome::kRunning));
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kDone);
  ASSERT_TRUE(log.store(record).ok());
  EXPECT_EQ(open().read(1)->outcome, static_cast<uint32_t>(AttemptOutcome::kDone));
  EXPECT_EQ(open().last_sequence(), 1u);
}

TEST_F(AttemptLogTest, ADamagedRecordLosesItselfAlone) {
  store_attempts(3);
  nvm_.corrupt_byte(kAttemptLogOffset + 3 * kBlockBytes + 1000, 1);
  EXPECT_EQ(open().last_sequence(), 2u);
  EXPECT_EQ(text_of(2), "attempt 2\n");
}

TEST_F(AttemptLogTest, AnUnreadableBlockLosesItsRecordAlone) {
  store_attempts(3);
  nvm_.make_unreadable(kAttemptLogOffset + 2 * kBlockBytes);
  EXPECT_EQ(open().last_sequence(), 3u);
  EXPECT_EQ(text_of(2), "(none)");
  EXPECT_EQ(text_of(3), "attempt 3\n");
}

TEST_F(AttemptLogTest, ARecordInAnotherSlotIsNotBelieved) {
  store_attempts(1);
  nvm_.put(kAttemptLogOffset + 9 * kBlockBytes,
           {nvm_.block(kAttemptLogOffset + kBlockBytes), kBlockBytes});
  EXPECT_EQ(open().last_sequence(), 1u);
  EXPECT_EQ(text_of(9), "(none)");
}

TEST_F(AttemptLogTest, CutInAStoreLosesAtMostThatRecord) {
  store_attempts(2);
  StoreLog log;
  FakeNvm before = nvm_;
  nvm_.record_to(log, 0);
  store_attempts(1);
  PowerCuts cuts({before}, log, test_seed());
  (void)cuts.for_each([](const CutState& cut) {
    auto after = AttemptLog::open(cut.devices[0]);
    ASSERT_TRUE(after.ok());
    EXPECT_TRUE(after->last_sequence() == 2 || after->last_sequence() == 3);
    EXPECT_TRUE(after->read(2).ok());
  });
}

TEST(AttemptRecordTest, TheOldestLinesGiveWay) {
  AttemptRecord record{};
  for (int i = 0; i < 1000; i++) add_text(record, "line " + std::to_string(i));
  const std::string text(record.text, record.text_bytes);
  EXPECT_LE(text.size(), kAttemptTextBytes);
  EXPECT_TRUE(text.starts_with("line ")) << "cut between lines";
  EXPECT_TRUE(text.ends_with("line 999\n"));
}

TEST(AttemptRecordTest, AnEndlessLineIsCutAndFillsTheRecord) {
  AttemptRecord record{};
  add_text(record, "before");
  add_text(record, std::string(10000, 'x'));
  EXPECT_EQ(record.text_bytes, kAttemptTextBytes);
  add_text(record, "after");
  EXPECT_EQ(std::string(record.text, record.text_bytes), "after\n");
}

TEST(AttemptRecordTest, PhasesBeyondTheTableAreIgnored) {
  AttemptRecord record{};
  for (uint32_t i = 0; i < 30; i++) add_phase(record, "a phase with a long name", i);
  EXPECT_EQ(record.phase_count, kAttemptPhaseMaximum);
  EXPECT_STREQ(record.phases[23].name, "a phase with a ");
  EXPECT_EQ(record.phases[23].duration_ns, 23u);
}

}  // namespace
}  // namespace nvresume
