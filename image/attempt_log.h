// SPDX-License-Identifier: GPL-2.0-or-later
// attempt_log.h: every save and resume attempt, phase by phase, and why it stopped (docs/format.md,
// "Attempt log"). A ring of 4 KiB records, each checksummed: a torn record loses itself alone.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/layout.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr char kAttemptMagic[8] = {'N', 'V', 'R', 'T', 'R', 'I', 'E', 'D'};
inline constexpr uint32_t kAttemptRecordCount = kAttemptLogBytes / kBlockBytes;
inline constexpr uint32_t kAttemptPhaseMaximum = 24;
inline constexpr uint32_t kAttemptTextBytes = 3072;

enum class AttemptKind : uint32_t { kSave = 1, kResume = 2, kBoot = 3 };
enum class AttemptOutcome : uint32_t {
  kRunning = 1,  ///< what a power cut leaves behind
  kDone = 2,
  kRefused = 3,  ///< see reason
};

struct AttemptPhase {
  char name[16];  ///< "load"; "load/write" is a part of that phase, in whose time it is too
  uint64_t duration_ns;
};
static_assert(sizeof(AttemptPhase) == 24);
bool is_part(const AttemptPhase& phase);

struct AttemptRecord {
  char magic[8];
  uint64_t sequence;  ///< from 1; slot = sequence % kAttemptRecordCount
  uint32_t kind;      ///< AttemptKind
  uint32_t outcome;   ///< AttemptOutcome
  uint32_t reason;    ///< Reason
  uint32_t phase_count;
  uint64_t unix_s;  ///< when it began, 0 if no clock was read
  uint64_t boot_count;
  uint8_t image_id[16];
  char path[16];  ///< "initramfs", "direct", "kernel", "save"
  AttemptPhase phases[kAttemptPhaseMaximum];
  uint32_t text_bytes;
  uint32_t replayed;  ///< 1 once its text is in the journal
  uint8_t zero[4096 - 80 - 24 * kAttemptPhaseMaximum - 8 - kAttemptTextBytes - 8];
  char text[kAttemptTextBytes];  ///< messages, newest kept
  uint64_t checksum;             ///< XXH3-64 of the 4088 bytes before it
};
static_assert(sizeof(AttemptRecord) == 4096);
static_assert(offsetof(AttemptRecord, checksum) == 4088);
/// By the stage, not through the initramfs.
bool is_direct(const AttemptRecord& record);

class AttemptLog {
 public:
  /// `area` is the image area. Scans for the newest valid record.
  static Result<AttemptLog> open(Nvm& area);

  /// Of the oldest record that the ring still has room for; above last_sequence() where there is
  /// none.
  uint64_t first_sequence() const {
    return last_ > kAttemptRecordCount ? last_ - kAttemptRecordCount + 1 : 1;
  }
  uint64_t last_sequence() const { return last_; }
  /// Starts a record; the returned one has its sequence set. Nothing is written yet.
  AttemptRecord begin(AttemptKind kind);
  /// Writes the record (checksum set here) and flushes.
  Status store(AttemptRecord& record);
  /// kNoImage-kind error kNone where the slot holds no valid record of that sequence.
  Result<AttemptRecord> read(uint64_t sequence);

 private:
  explicit AttemptLog(Nvm& nvm) : nvm_(&nvm) {}
  Nvm* nvm_;
  uint64_t last_ = 0;
};

/// Appends a phase (ignored when full) or a line of text (the oldest lines give way).
void add_phase(AttemptRecord& record, std::string_view name, uint64_t duration_ns);
void add_text(AttemptRecord& record, std::string_view line);

}  // namespace nvresume
