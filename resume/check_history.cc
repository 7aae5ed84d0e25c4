// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_history.h"

#include "image/fingerprint.h"
#include "image/media.h"
#include "resume/locked_memory.h"

namespace nvresume {

std::vector<BootChange> read_boot_history(Nvm& area, const Superblock& superblock) {
  std::vector<BootChange> history;
  auto memory = LockedMemory::map(2 * kFingerprintBytes);
  if (!memory.ok()) return history;
  const Bytes newer_bytes = memory->cut(kFingerprintBytes);
  const Bytes older_bytes = memory->cut(kFingerprintBytes);
  const Geometry geometry = geometry_of(superblock);
  for (uint64_t boot = superblock.boot_count; boot > 1; --boot) {
    const auto newer = read_fingerprint(area, geometry, boot, newer_bytes);
    const auto older = read_fingerprint(area, geometry, boot - 1, older_bytes);
    if (!newer.ok() || !older.ok()) break;
    const Status same = compare_fingerprints(**older, **newer);
    if (same.ok())
      history.push_back({boot, Reason::kNone, ""});
    else
      history.push_back({boot, same.error().reason(), std::string(same.error().text())});
  }
  return history;
}

}  // namespace nvresume
