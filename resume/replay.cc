// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/replay.h"

#include <stdio.h>

#include <algorithm>

#include "resume/image_report.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// While a record is told no save is under way (settle.h has its lock).
bool was_cut_short(const AttemptRecord& record) {
  return record.kind == static_cast<uint32_t>(AttemptKind::kSave) &&
         record.outcome == static_cast<uint32_t>(AttemptOutcome::kRunning);
}

void print_text(const AttemptRecord& record) {
  ::printf("nvresume: %s%s\n", describe_attempt(record).c_str(),
           was_cut_short(record) ? "; the machine went off or stopped before it was done" : "");
  const std::string_view text(record.text, std::min(record.text_bytes, kAttemptTextBytes));
  for (const std::string_view line : split_lines(text))
    ::printf("nvresume: | %.*s\n", static_cast<int>(line.size()), line.data());
}

/// The EFI stage has no words for a direct resume that went well; that there was one is told. A
/// save that was cut short before it changed a superblock has left nothing else.
bool is_worth_telling(const AttemptRecord& record) {
  return record.text_bytes != 0 || was_cut_short(record) ||
         record.outcome == static_cast<uint32_t>(AttemptOutcome::kDone);
}

}  // namespace

const char* attempt_kind_name(const AttemptRecord& record) {
  switch (static_cast<AttemptKind>(record.kind)) {
    case AttemptKind::kSave:
      return "save";
    case AttemptKind::kResume:
      return "resume";
    case AttemptKind::kBoot:
      return "boot";
  }
  return "unknown";
}

const char* attempt_outcome_name(const AttemptRecord& record) {
  switch (static_cast<AttemptOutcome>(record.outcome)) {
    case AttemptOutcome::kRunning:
      return "running";
    case AttemptOutcome::kDone:
      return "done";
    case AttemptOutcome::kRefused:
      return "refused";
  }
  return "unknown";
}

std::string describe_attempt(const AttemptRecord& record) {
  const std::string path = field_text(record.path);
  const std::string kind = attempt_kind_name(record);
  std::string text = kind;
  if (!path.empty() && path != kind) text += " (" + path + ")";
  text += ", boot " + std::to_string(record.boot_count) + ": " + attempt_outcome_name(record);
  if (record.outcome != static_cast<uint32_t>(AttemptOutcome::kRefused)) return text;
  const Reason reason = static_cast<Reason>(record.reason);
  return text + ": " + std::string(reason_name(reason)) + ": " +
         std::string(reason_sentence(reason));
}

std::string describe_phases(const AttemptRecord& record) {
  std::string text;
  for (uint32_t i = 0; i < std::min(record.phase_count, kAttemptPhaseMaximum); i++) {
    char seconds[32];
    ::snprintf(seconds, sizeof(seconds), " %.2f s",
               static_cast<double>(record.phases[i].duration_ns) / 1e9);
    text += (i == 0 ? "" : ", ") + field_text(record.phases[i].name) + seconds;
  }
  return text;
}

Status replay_attempts(AttemptLog& log) {
  for (uint64_t sequence = log.first_sequence(); sequence <= log.last_sequence(); sequence++) {
    auto record = log.read(sequence);
    if (!record.ok() || record->replayed != 0 || !is_worth_telling(*record)) continue;
    print_text(record.value());
    record->replayed = 1;
    NVRESUME_TRY(log.store(record.value()));
  }
  return ok_status();
}

}  // namespace nvresume
