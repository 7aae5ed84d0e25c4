// SPDX-License-Identifier: GPL-2.0-or-later
// raw_ranges.h: walks the metadata's copies of memory that no snapshot holds (image/metadata.h,
// RawRange). Calls nothing.
#pragma once

#include <string.h>

#include "efi/memory_runs.h"
#include "image/metadata.h"

namespace nvresume::efi {

/// Calls visit(to, from) for every page of every range; an error ends it.
/// Errors: kMetadataCorrupt; kFrameNotMemory where a range is not memory now.
template <typename Visit>
Status for_each_raw_page(ConstBytes section, const RunList& usable, Visit visit) {
  uint32_t hint = 0;
  while (!section.empty()) {
    RawRange range;
    if (section.size() < sizeof range)
      return Error(Reason::kMetadataCorrupt, "raw ranges: cut off");
    memcpy(&range, section.data(), sizeof range);
    section = section.subspan(sizeof range);
    if (range.start % kEfiPageBytes != 0 || range.bytes % kEfiPageBytes != 0 || range.bytes == 0 ||
        range.bytes > section.size())
      return Error(Reason::kMetadataCorrupt, "raw ranges: one does not fit its section");
    if (!usable.holds(range.start, range.bytes, hint))
      return std::move(Error(Reason::kFrameNotMemory, "what the kernel kept of the firmware at ")
                           .with_hex(range.start)
                           .with(" is not memory now"));
    for (uint64_t offset = 0; offset < range.bytes; offset += kEfiPageBytes)
      NVRESUME_TRY(
          visit(range.start + offset, reinterpret_cast<uint64_t>(section.data()) + offset));
    section = section.subspan(range.bytes);
  }
  return ok_status();
}

}  // namespace nvresume::efi
