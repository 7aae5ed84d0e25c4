// SPDX-License-Identifier: GPL-2.0-or-later
// A direct resume used up its image and nobody came back: what the boots and saves after it may
// trust. Each such attempt more would cost another session.
#include <string.h>

#include "efi/physical_nvm.h"
#include "image/trial_record.h"
#include "image/unreported.h"
#include "tests/unit/efi_stage_direct.h"

namespace nvresume::efi {
namespace {

class StageUnreportedTest : public StageDirectTest {
 protected:
  Geometry geometry() const { return {range_.image_bytes, range_.swap_bytes}; }
  PhysicalNvm area() const { return PhysicalNvm(range_.range_base, range_.image_bytes); }

  void keep() { kept_.assign(nvm_, nvm_ + kNvmBytes); }
  /// The boot ends where keep() was called, although the fake goes on.
  void boot_until_kept() {
    save();
    kept_.clear();
    boot();
    ASSERT_EQ(kept_.size(), kNvmBytes) << firmware_.console;
    memcpy(nvm_, kept_.data(), kNvmBytes);
  }
  /// The saved kernel hangs.
  void hang_at_jump() {
    fake_hand_over.at_jump = [this](const HandOver&) { keep(); };
    boot_until_kept();
    fake_hand_over.at_jump = nullptr;
    ASSERT_FALSE(is_committed(range_));
  }
  void fail_hand_over() {
    firmware_.at_reset = [this] { keep(); };
    boot_until_kept();
    firmware_.at_reset = nullptr;
    ASSERT_TRUE(is_committed(range_));
  }
  void set_direct(DirectMode mode) {
    config_.direct = static_cast<uint32_t>(mode);
    firmware_.put_config(config_);
  }
  void expect_save_refused(const std::string& text) {
    save();
    boot();
    expect_refused(text);
  }
  void expect_save_resumed() {
    save();
    boot();
    EXPECT_EQ(fake_hand_over.count, 1) << firmware_.console;
  }
  void fill_log() {
    PhysicalNvm nvm = area();
    auto log = AttemptLog::open(nvm);
    ASSERT_TRUE(log.ok());
    for (uint32_t i = 0; i < kAttemptRecordCount; ++i) {
      AttemptRecord record = log->begin(AttemptKind::kSave);
      ASSERT_TRUE(log->store(record).ok());
    }
  }
  void begin_trial() {
    PhysicalNvm nvm = area();
    ASSERT_TRUE(allow_direct_again(nvm, geometry()).ok());
  }

  uint8_t* const nvm_ = reinterpret_cast<uint8_t*>(kNvm);
  std::vector<uint8_t> kept_;
};

TEST_F(StageUnreportedTest, RefusesEverySaveUntilATrialBegins) {
  hang_at_jump();
  expect_save_refused("direct-unreported");
  expect_save_refused("direct-unreported");
  begin_trial();
  expect_save_resumed();
}

TEST_F(StageUnreportedTest, ATrialMayBeTheFirstThingAfterIt) {
  hang_at_jump();
  begin_trial();
  expect_save_resumed();
}

TEST_F(StageUnreportedTest, AHangOfTheTrialItselfRefusesAgain) {
  hang_at_jump();
  begin_trial();
  hang_at_jump();
  expect_save_refused("direct-unreported");
}

TEST_F(StageUnreportedTest, EscapeDoesNotLiftIt) {
  hang_at_jump();
  save();
  press_escape();
  boot();
  expect_refused("skip-key");
  expect_save_refused("direct-unreported");
}

TEST_F(StageUnreportedTest, SwitchingOffAndOnDoesNotLiftIt) {
  hang_at_jump();
  set_direct(DirectMode::kOff);
  expect_save_refused("direct-off");
  fill_log();
  set_direct(DirectMode::kTrial);
  expect_save_refused("direct-unreported");
}

TEST_F(StageUnreportedTest, OutlivesTheLogsRing) {
  hang_at_jump();
  expect_save_refused("direct-unreported");
  fill_log();
  expect_save_refused("direct-unreported");
  begin_trial();
  expect_save_resumed();
}

TEST_F(StageUnreportedTest, ATornRecordDoesNotHideIt) {
  hang_at_jump();
  PhysicalNvm nvm = area();
  auto log = AttemptLog::open(nvm);
  ASSERT_TRUE(log.ok());
  AttemptRecord whole = log->begin(AttemptKind::kSave);
  ++whole.sequence;  // the place before it stays what the ring had there: nothing
  ASSERT_TRUE(log->store(whole).ok());
  expect_save_refused("direct-unreported");
}

TEST_F(StageUnreportedTest, FirmwareThatKeepsTheMachineLeavesTheImageToTheInitramfs) {
  fail_hand_over();
  boot();
  expect_refused("direct-unreported: the firmware did not let go");
  expect_save_resumed();
}

}  // namespace
}  // namespace nvresume::efi
