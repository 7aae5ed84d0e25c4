// SPDX-License-Identifier: GPL-2.0-or-later
// trial_record.h: whether direct resume was tried on this machine as it is (docs/format.md,
// "Trial"). One block; a torn one is no trial, which only costs another.
#pragma once

#include "image/fingerprint.h"

namespace nvresume {

inline constexpr char kTrialMagic[8] = {'N', 'V', 'R', 'T', 'R', 'I', 'A', 'L'};

enum class TrialOutcome : uint32_t { kPassed = 1, kFailed = 2, kUnreported = 3 };

struct TrialRecord {
  char magic[8];
  uint32_t version;  ///< 1
  uint32_t outcome;  ///< TrialOutcome
  uint64_t unix_s;
  uint64_t items[kFingerprintItemMaximum];  ///< of the machine that passed
  char kernel_release[72];                  ///< uname -r, zero-terminated
  char text[512];                           ///< what failed, zero-terminated
  uint8_t zero[4096 - 24 - 8 * kFingerprintItemMaximum - 72 - 512 - 8];
  uint64_t checksum;  ///< XXH3-64 of the 4088 bytes before it
};
static_assert(sizeof(TrialRecord) == 4096);

/// Behind the fingerprints' ring.
uint64_t trial_offset_bytes(const Geometry& geometry);

/// Sets magic, version and checksum; flushed. Error: kIoError.
Status store_trial(Nvm& area, const Geometry& geometry, TrialRecord& record);
/// Error: kDirectUntried where there is none.
Result<TrialRecord> read_trial(Nvm& area, const Geometry& geometry);

/// kDirectUnreported, with what to do.
Error unreported_error();

/// Errors: kDirectUnreported (image/unreported.h); kDirectUntried, saying what is missing or
/// changed since the trial.
Status check_trial(const TrialRecord& record, const Fingerprint& now,
                   std::string_view kernel_release);

}  // namespace nvresume
