// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/status_words.h"

#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <string_view>

#include "resume/attempt_report.h"
#include "resume/image_report.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

std::string seconds_of(const AttemptRecord& record) {
  char text[32];
  (void)snprintf(text, sizeof(text), "%.1f s", static_cast<double>(total_ns(record)) / 1e9);
  return text;
}

/// The reason's code, for a search, and what was found: the newest line of the record's text, or
/// the reason's own sentence.
std::string why(const AttemptRecord& record) {
  const Reason reason = static_cast<Reason>(record.reason);
  const auto lines =
      split_lines({record.text, std::min<size_t>(record.text_bytes, kAttemptTextBytes)});
  const std::string_view found =
      lines.empty() || lines.back().empty() ? reason_sentence(reason) : lines.back();
  return std::string(reason_name(reason)) + ": " + std::string(found);
}

std::string way_of(const AttemptRecord& record) {
  const std::string path = field_text(record.path);
  if (path == "direct") return "directly, without a boot kernel";
  if (path == "kernel") return "by the kernel's own hibernation";
  return "by way of the initramfs";
}

std::string save_words(const AttemptRecord& record) {
  switch (static_cast<AttemptOutcome>(record.outcome)) {
    case AttemptOutcome::kDone:
      return "saved in " + seconds_of(record);
    case AttemptOutcome::kRefused:
      return "not saved, the system went on: " + why(record);
    case AttemptOutcome::kRunning:
      return "cut short, or still under way: nothing was saved";
  }
  return "unknown";
}

std::string resume_words(const AttemptRecord& record) {
  switch (static_cast<AttemptOutcome>(record.outcome)) {
    case AttemptOutcome::kDone:
      return "resumed " + way_of(record) + " in " + seconds_of(record);
    case AttemptOutcome::kRefused:
      return "not resumed: " + why(record);
    case AttemptOutcome::kRunning:
      return "cut short " + way_of(record) + ": it never reported back";
  }
  return "unknown";
}

}  // namespace

std::string image_words(const Superblock& superblock) {
  switch (static_cast<State>(superblock.state)) {
    case State::kEmpty:
      return "none";
    case State::kWriting:
      return "none: a save is under way, or was cut short";
    case State::kCommitted:
      return "a saved session waits; the next power-on resumes it";
    case State::kConsumed:
      return "none: the last one was handed to its kernel, which has not reported back";
    case State::kFailed:
      break;
  }
  const Reason reason = static_cast<Reason>(superblock.reason);
  return "none: the last one was dropped: " + std::string(reason_name(reason)) + ": " +
         std::string(reason_sentence(reason));
}

std::string attempt_words(const AttemptRecord& record) {
  const std::string boot = " (boot " + std::to_string(record.boot_count) + ")";
  switch (static_cast<AttemptKind>(record.kind)) {
    case AttemptKind::kSave:
      return save_words(record) + boot;
    case AttemptKind::kResume:
      return resume_words(record) + boot;
    case AttemptKind::kBoot:
      return "an image was dropped: " + why(record) + boot;
  }
  return "unknown" + boot;
}

std::string decision_words(const Decision& decision) {
  if (decision.decision[0] == 0)
    return "ordinary; the initramfs had no nvresume in it, or it did not run";
  if (strcmp(decision.decision, "resumed") == 0) return std::string("resumed: ") + decision.text;
  if (strcmp(decision.reason, reason_name(Reason::kNoImage).data()) == 0)
    return "ordinary: no saved session was waiting";
  return std::string("ordinary, nothing was resumed: ") + decision.reason + ": " + decision.text;
}

}  // namespace nvresume
