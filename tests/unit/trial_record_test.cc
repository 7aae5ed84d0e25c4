// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/trial_record.h"

#include <gtest/gtest.h>
#include <string.h>

#include <memory>

#include "tests/fake_nvm.h"

namespace nvresume {
namespace {

constexpr Geometry kGeometry{0x1000000, 0x1000000};
constexpr char kRelease[] = "6.1.0-56-amd64";

class TrialRecordTest : public ::testing::Test {
 protected:
  void pass() {
    TrialRecord record{};
    record.outcome = static_cast<uint32_t>(TrialOutcome::kPassed);
    memcpy(record.items, machine_->items, sizeof(record.items));
    strcpy(record.kernel_release, kRelease);
    ASSERT_TRUE(store_trial(nvm_, kGeometry, record).ok());
  }
  Status check(std::string_view release = kRelease) {
    NVRESUME_ASSIGN(const TrialRecord record, read_trial(nvm_, kGeometry));
    return check_trial(record, *machine_, release);
  }

  FakeNvm nvm_{kGeometry.image_bytes};
  std::unique_ptr<Fingerprint> machine_ = std::make_unique<Fingerprint>();
};

TEST_F(TrialRecordTest, AMachineThatPassedPasses) {
  pass();
  EXPECT_TRUE(check().ok());
}

TEST_F(TrialRecordTest, WithoutATrialNothingPasses) { EXPECT_FALSE(check().ok()); }

TEST_F(TrialRecordTest, AnotherMachineNeedsAnotherTrial) {
  pass();
  machine_->items[5]++;
  EXPECT_EQ(check().error().reason(), Reason::kDirectUntried);
}

TEST_F(TrialRecordTest, AnotherKernelNeedsAnotherTrial) {
  pass();
  EXPECT_FALSE(check("6.1.0-57-amd64").ok());
}

TEST_F(TrialRecordTest, AFailedTrialSaysWhy) {
  TrialRecord record{};
  record.outcome = static_cast<uint32_t>(TrialOutcome::kFailed);
  strcpy(record.text, "CPUs online: 0");
  ASSERT_TRUE(store_trial(nvm_, kGeometry, record).ok());
  EXPECT_NE(check().error().text().find("CPUs online: 0"), std::string_view::npos);
}

TEST_F(TrialRecordTest, ADirectResumeThatNeverReportedEndsIt) {
  pass();
  auto record = read_trial(nvm_, kGeometry);
  ASSERT_TRUE(record.ok());
  record->outcome = static_cast<uint32_t>(TrialOutcome::kUnreported);
  ASSERT_TRUE(store_trial(nvm_, kGeometry, *record).ok());
  const Status refused = check();
  EXPECT_EQ(refused.error().reason(), Reason::kDirectUnreported);
  EXPECT_NE(refused.error().text().find("nvresume trial"), std::string_view::npos);
}

TEST_F(TrialRecordTest, LiesBetweenFingerprintsAndTheZerosAtTheEnd) {
  EXPECT_EQ(trial_offset_bytes(kGeometry),
            fingerprint_offset_bytes(kGeometry, kFingerprintCount - 1) + kFingerprintBytes);
}

}  // namespace
}  // namespace nvresume
