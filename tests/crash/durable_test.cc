// SPDX-License-Identifier: GPL-2.0-or-later
// What a call that returned has stored outlives every later power cut: records beside the image,
// and what the read-back before a commit proves.
#include <gtest/gtest.h>

#include "image/attempt_log.h"
#include "image/fingerprint.h"
#include "image/trial_record.h"
#include "kernel-cmdline/range_wipe.h"
#include "tests/crash/machine.h"
#include "tests/power_cut.h"
#include "tests/seed.h"

namespace nvresume {
namespace {

const std::vector<uint8_t>& make_secret() {
  static const std::vector<uint8_t> secret(2 * kBlockBytes, 0x5e);
  return secret;
}

class Durable : public testing::Test {
 protected:
  /// `look` once power was cut anywhere after `store` returned.
  void expect_after_every_cut(const std::function<void(Machine&)>& store,
                              const std::function<bool(std::vector<FakeNvm>&)>& look) {
    Machine machine;
    machine.begin_recording();
    store(machine);
    machine.promise({});
    machine.end_recording();
    size_t looked = 0;
    PowerCuts cuts(machine.before(), machine.log(), test_seed(), {8, 200});
    (void)cuts.for_each([&](const CutState& cut) {
      if (cut.marks_passed == 0 || HasFailure()) return;
      looked++;
      EXPECT_TRUE(look(cut.devices));
    });
    EXPECT_GT(looked, 0u);
  }
};

TEST_F(Durable, AttemptThatWasLoggedIsRead) {
  expect_after_every_cut(
      [](Machine& machine) {
        auto log = AttemptLog::open(machine.area());
        AttemptRecord record = log->begin(AttemptKind::kSave);
        add_text(record, "why it stopped");
        ASSERT_TRUE(log->store(record).ok());
      },
      [](std::vector<FakeNvm>& devices) {
        auto log = AttemptLog::open(devices[Machine::kArea]);
        return log->last_sequence() == 1 && log->read(1).ok();
      });
}

TEST_F(Durable, FingerprintThatWasTakenIsRead) {
  AlignedBuffer stored(kFingerprintBytes), read(kFingerprintBytes);
  auto& fingerprint = *reinterpret_cast<Fingerprint*>(stored.bytes().data());
  fingerprint.boot_count = 3;
  seal(fingerprint);
  expect_after_every_cut(
      [&](Machine& machine) {
        ASSERT_TRUE(store_fingerprint(machine.area(), kMachineGeometry, fingerprint).ok());
      },
      [&](std::vector<FakeNvm>& devices) {
        return read_fingerprint(devices[Machine::kArea], kMachineGeometry, 3, read.bytes()).ok();
      });
}

TEST_F(Durable, TrialThatWasStoredIsRead) {
  expect_after_every_cut(
      [](Machine& machine) {
        TrialRecord record{};
        record.outcome = static_cast<uint32_t>(TrialOutcome::kPassed);
        ASSERT_TRUE(store_trial(machine.area(), kMachineGeometry, record).ok());
      },
      [](std::vector<FakeNvm>& devices) {
        return read_trial(devices[Machine::kArea], kMachineGeometry).ok();
      });
}

/// Else what an earlier life of the range logged would be told as this one's.
TEST_F(Durable, FormattedRangeHasNoOldLogWhereverTheFormatWasCut) {
  Machine machine;
  for (const uint64_t copy : {kSuperblockAOffset, kSuperblockBOffset})
    machine.area().put(copy, std::vector<uint8_t>(kBlockBytes));
  machine.area().put(kAttemptLogOffset, make_secret());
  const uint64_t tail = kMachineGeometry.image_bytes - kTailZeroBytes;
  machine.area().put(tail, make_secret());
  machine.begin_recording();
  ASSERT_TRUE(ImageArea::format(machine.area(), kMachineRangeBase, kMachineGeometry).ok());
  machine.end_recording();
  size_t formatted = 0;
  PowerCuts cuts(machine.before(), machine.log(), test_seed(), {8, 200});
  (void)cuts.for_each([&](const CutState& cut) {
    FakeNvm& area = cut.devices[Machine::kArea];
    if (!ImageArea::peek(area).ok()) return;
    formatted++;
    EXPECT_EQ(area.block_pointer(kAttemptLogOffset), nullptr);
    EXPECT_EQ(area.block_pointer(tail), nullptr);
  });
  EXPECT_GT(formatted, 0u);
}

TEST_F(Durable, RangeThatWasRemovedIsBlank) {
  expect_after_every_cut(
      [](Machine& machine) {
        machine.area().put(kSlotOffset + 4096, make_secret());
        machine.swap().put(1 << 20, make_secret());
        ASSERT_TRUE(wipe_range(machine.area(), machine.swap()).ok());
      },
      [](std::vector<FakeNvm>& devices) {
        return devices[Machine::kArea].written_blocks().empty() &&
               devices[Machine::kSwap].written_blocks().empty();
      });
}

}  // namespace
}  // namespace nvresume
