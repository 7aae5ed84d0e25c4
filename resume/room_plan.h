// SPDX-License-Identifier: GPL-2.0-or-later
// room_plan.h: how large a snapshot may become, and how much of memory must go before it is made.
// Counted as the kernel counts (kernel/power/snapshot.c, hibernate_preallocate_memory()): every
// present page that is not free is saved, and needs a free one for its copy.
#pragma once

#include <stdint.h>

#include <string_view>

namespace nvresume {

/// All zones together.
struct ZoneMemory {
  uint64_t present_pages = 0;
  uint64_t free_pages = 0;
  uint64_t reserve_pages = 0;  ///< what the kernel keeps back: totalreserve_pages

  uint64_t saveable_bytes() const;
  /// The largest snapshot: a little less than half of memory.
  uint64_t snapshot_limit_bytes() const;
};

/// Of the text of /proc/zoneinfo. All zero where it cannot be read.
ZoneMemory sum_zones(std::string_view zoneinfo);
ZoneMemory read_zone_memory();

struct ImageWish {
  uint64_t room_bytes;    ///< what an incompressible stream may take in the slot
  uint64_t asked_bytes;   ///< /sys/power/image_size
  uint64_t memory_bytes;  ///< MemTotal
};

/// As large as slot and memory allow: each page swapped out for a smaller one has to come back. Two
/// fifths of memory are the kernel's default; less than half of that somebody wants.
uint64_t preferred_image_bytes(const ZoneMemory& zones, const ImageWish& wish);

/// What must be given up for a snapshot of that size, with room for what the save itself takes
/// until then.
uint64_t bytes_to_reclaim(const ZoneMemory& zones, uint64_t preferred_bytes, uint64_t own_bytes);

}  // namespace nvresume
