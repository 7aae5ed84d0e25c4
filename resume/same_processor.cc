// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/same_processor.h"

#include "image/fingerprint.h"
#include "image/metadata.h"
#include "resume/locked_memory.h"

namespace nvresume {

Status check_same_processor(Nvm& area, const Superblock& superblock, ConstBytes record) {
  const ConstBytes section = section_of(record, SectionType::kFingerprint);
  if (section.size() != sizeof(Fingerprint)) return ok_status();
  const auto& saved = *reinterpret_cast<const Fingerprint*>(section.data());
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(kFingerprintBytes));
  const auto now =
      read_fingerprint(area, geometry_of(superblock), superblock.boot_count, memory.bytes());
  if (!check_fingerprint(saved).ok() || !now.ok()) return ok_status();
  constexpr auto kModel = static_cast<uint32_t>(FingerprintItem::kCpuid);
  if (saved.items[kModel] == (*now)->items[kModel]) return ok_status();
  return Error(Reason::kProcessorChanged,
               "the processor's model or features changed since the save");
}

}  // namespace nvresume
