// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/nfit.h"

#include <string.h>

namespace nvresume::efi {
namespace {

constexpr uint64_t kHeaderBytes = 40;  // ACPI header 36 + reserved 4
constexpr uint16_t kSpaRangeType = 0;
// 66F0D379-B4F3-4074-AC43-0D3318B78CDB, ACPI 6.5 table 5.107, in memory order.
constexpr uint8_t kPersistentMemoryGuid[16] = {0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
                                               0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb};

struct SpaRange {
  uint16_t type;
  uint16_t length;
  uint16_t index;
  uint16_t flags;
  uint32_t reserved;
  uint32_t proximity_domain;
  uint8_t guid[16];
  uint64_t base;
  uint64_t bytes;
  uint64_t attributes;
};
static_assert(sizeof(SpaRange) == 56);

}  // namespace

Status add_nfit_ranges(ConstBytes table, CandidateList& candidates) {
  uint64_t offset = kHeaderBytes;
  while (offset + 4 <= table.size()) {
    uint16_t type;
    uint16_t length;
    memcpy(&type, table.data() + offset, 2);
    memcpy(&length, table.data() + offset + 2, 2);
    if (length < 4 || length > table.size() - offset)
      return std::move(Error(Reason::kUnsupportedFirmware, "NFIT: structure at offset ")
                           .with(offset)
                           .with(" does not fit the table"));
    if (type == kSpaRangeType && length >= sizeof(SpaRange)) {
      SpaRange range;
      memcpy(&range, table.data() + offset, sizeof range);
      if (memcmp(range.guid, kPersistentMemoryGuid, sizeof range.guid) == 0)
        candidates.add(range.base, range.bytes);
    }
    offset += length;
  }
  return ok_status();
}

}  // namespace nvresume::efi
