// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/attempt_end.h"

#include "image/ticket.h"

namespace nvresume {
namespace {

/// What the stage wrote before it started the loader: the boot went on from there. After a failed
/// hand-over it restarts the machine instead.
bool is_chained(const AttemptRecord& record) {
  return is_direct(record) && record.outcome == static_cast<uint32_t>(AttemptOutcome::kRefused) &&
         record.reason != static_cast<uint32_t>(Reason::kHandOverFailed);
}

}  // namespace

AttemptEnd end_of_last_attempt(AttemptLog& log, const Superblock& superblock, uint64_t this_boot) {
  if (attempts_before(superblock, this_boot) == 0) return AttemptEnd::kTold;
  for (uint64_t sequence = log.last_sequence(); sequence > 0; --sequence) {
    const Result<AttemptRecord> record = log.read(sequence);
    if (!record.ok()) break;  // torn, or older than the ring
    if (record->boot_count != this_boot - 1 ||
        record->kind != static_cast<uint32_t>(AttemptKind::kResume) || is_chained(*record))
      continue;
    return record->outcome == static_cast<uint32_t>(AttemptOutcome::kRunning)
               ? AttemptEnd::kWhileRunning
               : AttemptEnd::kTold;
  }
  return AttemptEnd::kNotBegun;
}

bool add_end_of_last_attempt(AttemptRecord& record, AttemptLog& log, const Superblock& superblock,
                             uint64_t this_boot) {
  const AttemptEnd end = end_of_last_attempt(log, superblock, this_boot);
  if (end == AttemptEnd::kTold) return false;
  const Error line =
      Error(Reason::kNone, "boot ")
          .with(this_boot - 1)
          .with(end == AttemptEnd::kNotBegun ? " was cut off before its restore began"
                                             : " was cut off while its restore ran");
  add_text(record, line.text());
  return true;
}

}  // namespace nvresume
