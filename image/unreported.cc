// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unreported.h"

#include <string.h>

#include "image/trial_record.h"

namespace nvresume {
namespace {

constexpr uint32_t kRunning = static_cast<uint32_t>(AttemptOutcome::kRunning);
constexpr uint32_t kRefused = static_cast<uint32_t>(AttemptOutcome::kRefused);
constexpr uint32_t kUnreported = static_cast<uint32_t>(TrialOutcome::kUnreported);

/// The record, if it is a direct attempt's. A torn record is none's, and hides none.
Result<AttemptRecord> read_direct_attempt(AttemptLog& log, uint64_t sequence) {
  Result<AttemptRecord> record = log.read(sequence);
  if (record.ok() && !is_direct(*record)) return Error(Reason::kNone, "another attempt");
  return record;
}

/// A refusal says nothing about the attempts before it.
bool log_has_unreported(AttemptLog& log) {
  for (uint64_t sequence = log.last_sequence(); sequence >= log.first_sequence(); --sequence) {
    const Result<AttemptRecord> record = read_direct_attempt(log, sequence);
    if (record.ok() && record->outcome != kRefused) return record->outcome == kRunning;
  }
  return false;
}

Status close_unreported(AttemptLog& log) {
  for (uint64_t sequence = log.last_sequence(); sequence >= log.first_sequence(); --sequence) {
    Result<AttemptRecord> record = read_direct_attempt(log, sequence);
    if (!record.ok() || record->outcome != kRunning) continue;
    record->outcome = kRefused;
    record->reason = static_cast<uint32_t>(Reason::kDirectUnreported);
    NVRESUME_TRY(log.store(*record));
  }
  return ok_status();
}

}  // namespace

Status check_reported(Nvm& area, const Geometry& geometry, AttemptLog& log) {
  const Result<TrialRecord> trial = read_trial(area, geometry);
  if (trial.ok() && trial->outcome == kUnreported) return unreported_error();
  if (!log_has_unreported(log)) return ok_status();
  TrialRecord record{};
  record.outcome = kUnreported;
  (void)store_trial(area, geometry, record);  // the log goes on saying it for a while
  return unreported_error();
}

Status check_handed_over(AttemptLog& log, const uint8_t image_id[16]) {
  for (uint64_t sequence = log.last_sequence(); sequence >= log.first_sequence(); --sequence) {
    const Result<AttemptRecord> record = read_direct_attempt(log, sequence);
    if (!record.ok()) continue;
    if (memcmp(record->image_id, image_id, sizeof record->image_id) != 0) break;
    if (record->reason == static_cast<uint32_t>(Reason::kHandOverFailed))
      return Error(Reason::kDirectUnreported,
                   "the firmware did not let go of the machine for this image before");
  }
  return ok_status();
}

Status allow_direct_again(Nvm& area, const Geometry& geometry) {
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(area));
  NVRESUME_TRY(close_unreported(log));
  Result<TrialRecord> trial = read_trial(area, geometry);
  if (!trial.ok() || trial->outcome != kUnreported) return ok_status();
  constexpr char kText[] = "it was begun and has not ended";
  trial->outcome = static_cast<uint32_t>(TrialOutcome::kFailed);
  memcpy(trial->text, kText, sizeof kText);
  return store_trial(area, geometry, *trial);
}

}  // namespace nvresume
