// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/decision.h"

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class DecisionFile : public testing::Test {
 protected:
  DecisionFile() {
    root_.write("/dev/console", "");
    root_.write("/dev/kmsg", "");
  }
  SystemRoot root_;
};

TEST_F(DecisionFile, RefusalIsToldOnceAndKept) {
  record_refusal(Error(Reason::kChunkCorrupt, "chunk 3 of 9\nat 0x1000"));
  EXPECT_EQ(root_.read("/dev/console"),
            "nvresume: not resuming: chunk-corrupt: chunk 3 of 9 at 0x1000; booting normally\r\n");
  EXPECT_EQ(root_.read("/run/nvresume/resume"),
            "decision=normal\nreason=chunk-corrupt\ntext=chunk 3 of 9 at 0x1000\n");
  const Decision decision = read_decision();
  EXPECT_STREQ(decision.decision, "normal");
  EXPECT_STREQ(decision.reason, "chunk-corrupt");
  EXPECT_STREQ(decision.text, "chunk 3 of 9 at 0x1000");
}

TEST_F(DecisionFile, NoImageIsNothingForTheConsole) {
  record_refusal(Error(Reason::kNoImage));
  EXPECT_EQ(root_.read("/dev/console"), "");
  EXPECT_NE(root_.read("/dev/kmsg").find("no image is stored"), std::string::npos);
  EXPECT_STREQ(read_decision().reason, "no-image");
}

TEST_F(DecisionFile, FirstReasonStays) {
  record_refusal(Error(Reason::kDriverMissing));
  record_refusal(Error(Reason::kNoNvm));
  EXPECT_STREQ(read_decision().reason, "driver-missing");
}

TEST_F(DecisionFile, ResumedWorldReplacesTheRecordThatCameBackWithItsMemory) {
  record_refusal(Error(Reason::kNoImage));
  record_resumed();
  EXPECT_STREQ(read_decision().decision, "resumed");
}

TEST_F(DecisionFile, WithoutAnInitramfsNothingIsDecided) {
  const Decision decision = read_decision();
  EXPECT_STREQ(decision.decision, "");
  EXPECT_STREQ(decision.reason, "");
}

TEST_F(DecisionFile, OverlongTextIsCutNotOverrun) {
  root_.write("/run/nvresume/resume", "decision=normal\nreason=" + std::string(500, 'r') +
                                          "\ntext=" + std::string(5000, 't') + "\n");
  const Decision decision = read_decision();
  EXPECT_EQ(std::string(decision.reason).size(), sizeof(decision.reason) - 1);
  EXPECT_EQ(std::string(decision.text).size(), sizeof(decision.text) - 1);
}

}  // namespace
}  // namespace nvresume
