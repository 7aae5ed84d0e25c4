// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/attempt_log.h"

#include <string.h>

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {
namespace {

uint64_t checksum_of_record(const AttemptRecord& record) {
  return checksum_of(bytes_of(record).first(offsetof(AttemptRecord, checksum)));
}

uint64_t offset_of(uint64_t sequence) {
  return kAttemptLogOffset + sequence % kAttemptRecordCount * kBlockBytes;
}

bool phases_are_terminated(const AttemptRecord& record) {
  for (uint32_t i = 0; i < record.phase_count; i++) {
    if (!is_terminated(record.phases[i].name)) return false;
  }
  return true;
}

/// The checksum proves who wrote it, the bounds that no reader runs past the record.
bool is_valid(const AttemptRecord& record) {
  return memcmp(record.magic, kAttemptMagic, sizeof(kAttemptMagic)) == 0 &&
         record.checksum == checksum_of_record(record) && record.sequence != 0 &&
         record.phase_count <= kAttemptPhaseMaximum && record.text_bytes <= kAttemptTextBytes &&
         is_terminated(record.path) && phases_are_terminated(record);
}

/// Drops whole lines from the front until `need` bytes fit.
void make_room(AttemptRecord& record, uint32_t need) {
  uint32_t drop = 0;
  while (record.text_bytes - drop + need > kAttemptTextBytes) {
    while (drop < record.text_bytes && record.text[drop] != '\n') drop++;
    if (drop < record.text_bytes) drop++;
  }
  record.text_bytes -= drop;
  memmove(record.text, record.text + drop, record.text_bytes);
  memset(record.text + record.text_bytes, 0, kAttemptTextBytes - record.text_bytes);
}

}  // namespace

Result<AttemptLog> AttemptLog::open(Nvm& area) {
  if (area.size_bytes() < kSlotOffset)
    return Error(Reason::kNotFormatted, "the range is too small for an attempt log");
  AttemptLog log(area);
  for (uint64_t slot = 0; slot < kAttemptRecordCount; slot++) {
    Block block;
    // A block that cannot be read loses its own record; nothing about an image depends on it.
    if (!area.read(offset_of(slot), block.bytes).ok()) continue;
    const AttemptRecord& record = *reinterpret_cast<const AttemptRecord*>(block.bytes);
    if (!is_valid(record) || record.sequence % kAttemptRecordCount != slot) continue;
    if (record.sequence > log.last_) log.last_ = record.sequence;
  }
  return log;
}

AttemptRecord AttemptLog::begin(AttemptKind kind) {
  AttemptRecord record{};
  memcpy(record.magic, kAttemptMagic, sizeof(kAttemptMagic));
  record.sequence = last_ + 1;
  record.kind = static_cast<uint32_t>(kind);
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kRunning);
  return record;
}

Status AttemptLog::store(AttemptRecord& record) {
  record.checksum = checksum_of_record(record);
  Block block;
  memcpy(block.bytes, &record, sizeof(record));
  NVRESUME_TRY(nvm_->write(offset_of(record.sequence), block.bytes));
  NVRESUME_TRY(nvm_->flush());
  if (record.sequence > last_) last_ = record.sequence;
  return ok_status();
}

Result<AttemptRecord> AttemptLog::read(uint64_t sequence) {
  Block block;
  NVRESUME_TRY(nvm_->read(offset_of(sequence), block.bytes));
  AttemptRecord record;
  memcpy(&record, block.bytes, sizeof(record));
  if (!is_valid(record) || record.sequence != sequence)
    return Error(Reason::kNone, "no attempt ").with(sequence).with(" in the log");
  return record;
}

bool is_direct(const AttemptRecord& record) {
  return memcmp(record.path, "direct", sizeof "direct") == 0;
}

bool is_part(const AttemptPhase& phase) {
  for (const char c : phase.name)  // not find(): it calls memchr(), which the stage has not
    if (c == '/') return true;
  return false;
}

void add_phase(AttemptRecord& record, std::string_view name, uint64_t duration_ns) {
  if (record.phase_count >= kAttemptPhaseMaximum) return;
  AttemptPhase& phase = record.phases[record.phase_count++];
  const size_t room = sizeof(phase.name) - 1;
  memcpy(phase.name, name.data(), name.size() < room ? name.size() : room);
  phase.duration_ns = duration_ns;
}

void add_text(AttemptRecord& record, std::string_view line) {
  const size_t room = kAttemptTextBytes - 1;
  const uint32_t count = static_cast<uint32_t>(line.size() < room ? line.size() : room);
  make_room(record, count + 1);
  memcpy(record.text + record.text_bytes, line.data(), count);
  record.text[record.text_bytes + count] = '\n';
  record.text_bytes += count + 1;
}

}  // namespace nvresume
