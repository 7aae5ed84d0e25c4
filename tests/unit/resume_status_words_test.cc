// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/status_words.h"

#include <gtest/gtest.h>
#include <string.h>

namespace nvresume {
namespace {

AttemptRecord record_of(AttemptKind kind, AttemptOutcome outcome, Reason reason = Reason::kNone) {
  AttemptRecord record{};
  record.kind = static_cast<uint32_t>(kind);
  record.outcome = static_cast<uint32_t>(outcome);
  record.reason = static_cast<uint32_t>(reason);
  record.boot_count = 7;
  return record;
}

Decision decision_of(const char* what, const char* reason, const char* text) {
  Decision decision{};
  strcpy(decision.decision, what);
  strcpy(decision.reason, reason);
  strcpy(decision.text, text);
  return decision;
}

TEST(StatusWords, ASaveTellsItsSecondsWithoutCountingPartsTwice) {
  AttemptRecord record = record_of(AttemptKind::kSave, AttemptOutcome::kDone);
  add_phase(record, "store", 12'000'000'000);
  add_phase(record, "store/read", 5'000'000'000);
  add_phase(record, "verify", 300'000'000);
  EXPECT_EQ(attempt_words(record), "saved in 12.3 s (boot 7)");
}

TEST(StatusWords, ARefusedSaveTellsWhatWasFound) {
  AttemptRecord record =
      record_of(AttemptKind::kSave, AttemptOutcome::kRefused, Reason::kFreezeFailed);
  add_text(record, "memory: save: peak 40000 KiB");
  add_text(record, "sh (345, state D) would not freeze");
  EXPECT_EQ(attempt_words(record),
            "not saved, the system went on: freeze-failed: sh (345, state D) would not freeze "
            "(boot 7)");
}

TEST(StatusWords, WithoutATextTheReasonSpeaks) {
  EXPECT_EQ(
      attempt_words(record_of(AttemptKind::kBoot, AttemptOutcome::kRefused, Reason::kOtherBoot)),
      "an image was dropped: other-boot: another boot happened between save and resume "
      "(boot 7)");
}

TEST(StatusWords, AResumeTellsItsWay) {
  AttemptRecord record = record_of(AttemptKind::kResume, AttemptOutcome::kDone);
  strcpy(record.path, "direct");
  EXPECT_EQ(attempt_words(record), "resumed directly, without a boot kernel in 0.0 s (boot 7)");
  strcpy(record.path, "initramfs");
  EXPECT_EQ(attempt_words(record), "resumed by way of the initramfs in 0.0 s (boot 7)");
}

TEST(StatusWords, WhatWasCutShortNeverReportedBack) {
  EXPECT_EQ(attempt_words(record_of(AttemptKind::kSave, AttemptOutcome::kRunning)),
            "cut short, or still under way: nothing was saved (boot 7)");
  EXPECT_EQ(attempt_words(record_of(AttemptKind::kResume, AttemptOutcome::kRunning)),
            "cut short by way of the initramfs: it never reported back (boot 7)");
}

TEST(StatusWords, EveryStateOfAnImageIsWordsAndNoJargon) {
  Superblock superblock{};
  for (const State state :
       {State::kEmpty, State::kWriting, State::kCommitted, State::kConsumed, State::kFailed}) {
    superblock.state = static_cast<uint32_t>(state);
    superblock.reason = static_cast<uint32_t>(Reason::kWitnessChanged);
    const std::string words = image_words(superblock);
    EXPECT_EQ(words.starts_with("none"), state != State::kCommitted) << words;
    EXPECT_EQ(words.find("witness-changed") != std::string::npos, state == State::kFailed) << words;
  }
}

TEST(StatusWords, ABootTellsWhatItDecided) {
  EXPECT_EQ(decision_words(Decision{}),
            "ordinary; the initramfs had no nvresume in it, or it did not run");
  EXPECT_EQ(decision_words(decision_of("normal", "no-image", "no image is stored")),
            "ordinary: no saved session was waiting");
  EXPECT_EQ(decision_words(decision_of("normal", "disabled", "single on the kernel command line")),
            "ordinary, nothing was resumed: disabled: single on the kernel command line");
  EXPECT_EQ(decision_words(decision_of("resumed", "none", "the saved session goes on")),
            "resumed: the saved session goes on");
}

}  // namespace
}  // namespace nvresume
