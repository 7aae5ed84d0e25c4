// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/attempt_report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <algorithm>

namespace nvresume {
namespace {

bool belongs_to(const AttemptRecord& record, AttemptKind kind, const uint8_t image_id[16]) {
  return record.kind == static_cast<uint32_t>(kind) &&
         memcmp(record.image_id, image_id, sizeof(record.image_id)) == 0;
}

/// The newest record of that kind for the image.
Result<AttemptRecord> find_attempt(AttemptLog& log, AttemptKind kind, const uint8_t image_id[16]) {
  for (uint64_t sequence = log.last_sequence(); sequence > 0; --sequence) {
    Result<AttemptRecord> record = log.read(sequence);
    if (!record.ok()) break;  // torn, or older than the ring
    if (belongs_to(*record, kind, image_id)) return record;
  }
  return Error(Reason::kNone, "the attempt log has no record of it");
}

/// It was, whatever the log says: a power cut on the way back from a refused power-off leaves the
/// refusal there.
Status set_done(AttemptLog& log, AttemptRecord& save) {
  const auto done = static_cast<uint32_t>(AttemptOutcome::kDone);
  if (save.outcome == done) return ok_status();
  save.outcome = done;
  save.reason = 0;
  save.text_bytes = 0;
  return log.store(save);
}

double seconds(uint64_t duration_ns) { return static_cast<double>(duration_ns) / 1e9; }

}  // namespace

uint64_t total_ns(const AttemptRecord& record) {
  uint64_t sum_ns = 0;
  for (uint32_t i = 0; i < std::min(record.phase_count, kAttemptPhaseMaximum); ++i)
    if (!is_part(record.phases[i])) sum_ns += record.phases[i].duration_ns;
  return sum_ns;
}

void print_phases(Console& console, const char* what, const AttemptRecord& record) {
  char line[400];
  size_t used = static_cast<size_t>(snprintf(line, sizeof(line), "%s:", what));
  for (uint32_t i = 0; i < record.phase_count; ++i) {
    const AttemptPhase& phase = record.phases[i];
    used += static_cast<size_t>(snprintf(line + used, sizeof(line) - used, " %s %.2f s,",
                                         phase.name, seconds(phase.duration_ns)));
    used = std::min(used, sizeof(line) - 1);
  }
  (void)snprintf(line + used, sizeof(line) - used, " total %.2f s", seconds(total_ns(record)));
  console.line(line);
}

Status report_resume(Console& console, Nvm& area, const uint8_t image_id[16], uint64_t thaw_ns) {
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(area));
  NVRESUME_ASSIGN(AttemptRecord save, find_attempt(log, AttemptKind::kSave, image_id));
  NVRESUME_TRY(set_done(log, save));
  print_phases(console, "save", save);
  NVRESUME_ASSIGN(AttemptRecord resume, find_attempt(log, AttemptKind::kResume, image_id));
  resume.outcome = static_cast<uint32_t>(AttemptOutcome::kDone);
  // The stage has no clock that it would trust; the resumed system has.
  if (resume.unix_s == 0) resume.unix_s = static_cast<uint64_t>(time(nullptr));
  add_phase(resume, "thaw", thaw_ns);
  print_phases(console, "resume", resume);
  return log.store(resume);
}

}  // namespace nvresume
