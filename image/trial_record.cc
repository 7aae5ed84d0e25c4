// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/trial_record.h"

#include <string.h>

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {
namespace {

uint64_t checksum_of_trial(const TrialRecord& record) {
  return checksum_of(bytes_of(record).first(offsetof(TrialRecord, checksum)));
}

}  // namespace

uint64_t trial_offset_bytes(const Geometry& geometry) {
  return geometry.image_bytes - kTailZeroBytes + kFingerprintCount * kFingerprintBytes;
}

Status store_trial(Nvm& area, const Geometry& geometry, TrialRecord& record) {
  memcpy(record.magic, kTrialMagic, sizeof(kTrialMagic));
  record.version = 1;
  record.checksum = checksum_of_trial(record);
  Block block;
  memcpy(block.bytes, &record, sizeof(record));
  NVRESUME_TRY(area.write(trial_offset_bytes(geometry), block.bytes));
  return area.flush();
}

Result<TrialRecord> read_trial(Nvm& area, const Geometry& geometry) {
  Block block;
  NVRESUME_TRY(area.read(trial_offset_bytes(geometry), block.bytes));
  TrialRecord record;
  memcpy(&record, block.bytes, sizeof(record));
  if (memcmp(record.magic, kTrialMagic, sizeof(kTrialMagic)) != 0 || record.version != 1 ||
      record.checksum != checksum_of_trial(record) || !is_terminated(record.kernel_release) ||
      !is_terminated(record.text))
    return Error(Reason::kDirectUntried, "nvresume trial was not run on this machine");
  return record;
}

Error unreported_error() {
  return Error(Reason::kDirectUnreported,
               "a direct resume never reported back; nvresume trial tries again");
}

Status check_trial(const TrialRecord& record, const Fingerprint& now,
                   std::string_view kernel_release) {
  if (record.outcome == static_cast<uint32_t>(TrialOutcome::kUnreported)) return unreported_error();
  if (record.outcome != static_cast<uint32_t>(TrialOutcome::kPassed))
    return Error(Reason::kDirectUntried, "the last trial failed: ").with(record.text);
  if (memcmp(record.items, now.items, sizeof(record.items)) != 0)
    return Error(Reason::kDirectUntried, "the machine changed since the last trial");
  if (kernel_release != record.kernel_release)
    return Error(Reason::kDirectUntried, "the last trial was with kernel ")
        .with(record.kernel_release);
  return ok_status();
}

}  // namespace nvresume
