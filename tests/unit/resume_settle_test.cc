// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/settle.h"

#include "image/attempt_log.h"
#include "image/commit.h"
#include "resume/replay.h"
#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class Settle : public testing::Test {
 protected:
  Settle() : area_(ImageArea::open(range_.area)) {}

  ImageArea& area() { return area_.value(); }
  void save() { ASSERT_TRUE(save_image(area(), range_.swap, make_stream(1), 7).ok()); }
  void refuse(const char* reason, const char* text) {
    root_.write("/run/nvresume/resume",
                std::string("decision=normal\nreason=") + reason + "\ntext=" + text + "\n");
  }
  std::string settle() {
    std::string said;
    const Status settled = settle_area(area(), range_.swap, read_decision(), said);
    EXPECT_TRUE(settled.ok()) << settled.error().text();
    EXPECT_EQ(read_swap_signature(range_.swap).value(), SwapSignature::kSwap);
    return said;
  }
  SystemRoot root_;
  TestRange range_ = make_formatted_range();
  Result<ImageArea> area_;
};

TEST_F(Settle, NothingToDoSaysNothing) {
  EXPECT_EQ(settle(), "");
  EXPECT_EQ(area().state(), State::kEmpty);
}

TEST_F(Settle, RefusedImageIsDroppedForTheRecordedReason) {
  save();
  refuse("witness-changed", "ext4 on / changed");
  EXPECT_NE(settle().find("witness-changed: ext4 on / changed"), std::string::npos);
  EXPECT_EQ(area().state(), State::kFailed);
  EXPECT_EQ(area().superblock().reason, static_cast<uint32_t>(Reason::kWitnessChanged));
  const auto log = AttemptLog::open(range_.area);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log.value().last_sequence(), 1u) << "status can tell why";
}

TEST_F(Settle, LogThatCannotBeWrittenDoesNotKeepTheImage) {
  save();
  refuse("chunk-corrupt", "chunk 7");
  range_.area.make_unreadable(kAttemptLogOffset);
  range_.area.fail_write(1, FakeNvm::Landing::kNothing);  // the record's
  settle();
  EXPECT_EQ(area().state(), State::kFailed);
}

TEST_F(Settle, IsIdempotent) {
  save();
  settle();
  const uint64_t generation = area().superblock().generation;
  EXPECT_EQ(settle(), "");
  EXPECT_EQ(area().superblock().generation, generation);
}

TEST_F(Settle, InitramfsWithoutUsIsTheReason) {
  save();
  settle();
  EXPECT_EQ(area().superblock().reason, static_cast<uint32_t>(Reason::kNotInInitramfs));
}

TEST_F(Settle, SwitchedOffIsTheReason) {
  root_.write("/proc/cmdline", "quiet rd.nvresume=0\n");
  save();
  settle();
  EXPECT_EQ(area().superblock().reason, static_cast<uint32_t>(Reason::kDisabled));
}

TEST_F(Settle, RecoveryModeIsAChoiceToo) {
  root_.write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/vda2 ro single\n");
  EXPECT_EQ(reason_of_normal_boot(read_decision()), Reason::kDisabled);
  root_.write("/proc/cmdline", "root=/dev/vda1 singleton rd.nvresume=1\n");
  EXPECT_EQ(reason_of_normal_boot(read_decision()), Reason::kNotInInitramfs);
}

TEST_F(Settle, ReasonNobodyKnowsIsANormalBoot) {
  for (const char* reason : {"no-image", "none", "of-a-later-version", ""}) {
    refuse(reason, "");
    EXPECT_EQ(reason_of_normal_boot(read_decision()), Reason::kNotDropped) << reason;
  }
}

TEST_F(Settle, SwapUsedSinceTheSaveIsStale) {
  save();
  ASSERT_TRUE(write_swap_signature(range_.swap, SwapSignature::kSwap).ok());
  settle();
  EXPECT_EQ(area().superblock().reason, static_cast<uint32_t>(Reason::kStaleSwapSignature));
}

TEST_F(Settle, CutAfterTheConsumeIsFinished) {
  save();
  ASSERT_TRUE(area().begin_attempt().ok());
  ASSERT_TRUE(area().consume().ok());
  EXPECT_NE(settle(), "");
  EXPECT_EQ(area().state(), State::kEmpty);
}

TEST_F(Settle, CutInsideASaveIsFinished) {
  const uint8_t id[16] = {1};
  ASSERT_TRUE(area().begin_save(id).ok());
  ASSERT_TRUE(write_swap_signature(range_.swap, SwapSignature::kUser).ok());
  EXPECT_NE(settle().find("cut short"), std::string::npos);
  EXPECT_EQ(area().state(), State::kEmpty);
}

TEST_F(Settle, LeftOverSignatureIsTakenBack) {
  ASSERT_TRUE(write_swap_signature(range_.swap, SwapSignature::kUser).ok());
  EXPECT_NE(settle(), "");
}

TEST_F(Settle, InKernelImageStaysForTheKernelsRule) {
  const char kernel[] = "S1SUSPEND";
  range_.swap.put(4096 - 10, ConstBytes(reinterpret_cast<const uint8_t*>(kernel), 10));
  std::string said;
  ASSERT_TRUE(settle_area(area(), range_.swap, read_decision(), said).ok());
  EXPECT_NE(said.find("stale in-kernel"), std::string::npos);
  EXPECT_EQ(read_swap_signature(range_.swap).value(), SwapSignature::kKernel);
}

TEST_F(Settle, UnwritableNvmIsAnError) {
  save();
  range_.area.fail_write(2, FakeNvm::Landing::kNothing);
  std::string said;
  EXPECT_FALSE(settle_area(area(), range_.swap, read_decision(), said).ok());
  EXPECT_EQ(said, "");
}

TEST_F(Settle, MessagesOfVanishedWorldsAreToldOnce) {
  auto log = AttemptLog::open(range_.area);
  ASSERT_TRUE(log.ok());
  AttemptRecord record = log->begin(AttemptKind::kResume);
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record.reason = static_cast<uint32_t>(Reason::kChunkCorrupt);
  record.boot_count = 12;
  add_phase(record, "decode", 1500000000);
  add_text(record, "chunk 3 was bad");
  ASSERT_TRUE(log->store(record).ok());
  EXPECT_EQ(describe_attempt(record),
            "resume, boot 12: refused: chunk-corrupt: a chunk does not "
            "match its checksum");
  EXPECT_EQ(describe_phases(record), "decode 1.50 s");

  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_NE(testing::internal::GetCapturedStdout().find("| chunk 3 was bad"), std::string::npos);
  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST_F(Settle, ADirectResumeThatWentWellIsToldWithoutWords) {
  auto log = AttemptLog::open(range_.area);
  ASSERT_TRUE(log.ok());
  AttemptRecord record = log->begin(AttemptKind::kResume);
  memcpy(record.path, "direct", sizeof("direct"));
  record.boot_count = 12;
  ASSERT_TRUE(log->store(record).ok());
  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << "its session has not come up yet";

  record.outcome = static_cast<uint32_t>(AttemptOutcome::kDone);
  ASSERT_TRUE(log->store(record).ok());
  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "nvresume: resume (direct), boot 12: done\n");
}

TEST_F(Settle, ASaveThatDiedBeforeItStoredAnythingIsToldOnce) {
  auto log = AttemptLog::open(range_.area);
  ASSERT_TRUE(log.ok());
  AttemptRecord record = log->begin(AttemptKind::kSave);
  record.boot_count = 12;
  ASSERT_TRUE(log->store(record).ok());
  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "nvresume: save, boot 12: running; the machine went off or stopped before it was "
            "done\n");
  testing::internal::CaptureStdout();
  ASSERT_TRUE(replay_attempts(log.value()).ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace nvresume
