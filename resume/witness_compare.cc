// SPDX-License-Identifier: GPL-2.0-or-later
// The restore side of witness.h.
#include <string.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

#include "image/efi_variables.h"
#include "resume/direct_file.h"
#include "resume/witness.h"
#include "resume/witness_device.h"
#include "resume/witness_record.h"

namespace nvresume {
namespace {

constexpr uint32_t kPollMs = 30;

void pause() {
  const struct timespec interval = {0, kPollMs * 1000000L};
  (void)::nanosleep(&interval, nullptr);
}

/// Every device that fits must carry the hash.
Status compare_on_all(const Witness& witness, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) NVRESUME_TRY(compare_on(witness, path));
  return ok_status();
}

Status check_comparable(const Witness& witness) {
  if (is_provable(witness)) return ok_status();
  return Error(Reason::kUnsupportedStorage, describe_witness(witness))
      .with(" lies on storage that cannot be proven unchanged");
}

/// What the stage has judged needs no disk here; what is left is awaited.
Result<std::vector<const Witness*>> without_judged(std::span<const Witness> witnesses,
                                                   std::span<const uint8_t> verdicts) {
  std::vector<const Witness*> pending;
  for (size_t i = 0; i < witnesses.size(); i++) {
    const uint8_t verdict = i < verdicts.size() ? verdicts[i] : uint8_t{0};
    if (verdict == static_cast<uint8_t>(WitnessVerdict::kChanged))
      return Error(Reason::kWitnessChanged, describe_witness(witnesses[i]))
          .with(", read by the EFI stage, changed after the save");
    if (verdict != static_cast<uint8_t>(WitnessVerdict::kSame)) pending.push_back(&witnesses[i]);
  }
  return pending;
}

}  // namespace

Status compare_witnesses(std::span<const Witness> witnesses, uint32_t timeout_ms,
                         std::span<const uint8_t> verdicts) {
  for (const Witness& witness : witnesses) NVRESUME_TRY(check_comparable(witness));
  NVRESUME_ASSIGN(std::vector<const Witness*> pending, without_judged(witnesses, verdicts));
  DeviceScan scan;
  for (uint32_t waited_ms = 0; !pending.empty(); waited_ms += kPollMs) {
    scan.refresh();
    for (size_t i = 0; i < pending.size();) {
      const std::vector<std::string> paths = scan.find(*pending[i]);
      NVRESUME_TRY(compare_on_all(*pending[i], paths));
      // Compared or still awaited.
      if (paths.empty())
        i++;
      else
        pending.erase(pending.begin() + static_cast<ptrdiff_t>(i));
    }
    if (pending.empty()) break;
    if (waited_ms >= timeout_ms)
      return Error(Reason::kWitnessUnreadable, describe_witness(*pending[0]))
          .with(": its disk did not appear within ")
          .with(timeout_ms)
          .with(" ms");
    pause();
  }
  return ok_status();
}

}  // namespace nvresume
