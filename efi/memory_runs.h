// SPDX-License-Identifier: GPL-2.0-or-later
// memory_runs.h: parts of the memory map as sorted, coalesced runs. EDK2's map is in no order and
// splits memory at every allocation. Calls nothing.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/memory_map.h"
#include "image/fingerprint.h"

namespace nvresume::efi {

struct Run {
  uint64_t start;  ///< page-aligned
  uint64_t bytes;
  uint64_t end() const { return start + bytes; }
};

/// Ascending runs that do not touch each other, in a caller's storage.
class RunList {
 public:
  RunList() = default;
  explicit RunList(std::span<Run> storage) : storage_(storage) {}

  /// False: full.
  bool add(uint64_t start, uint64_t bytes);
  std::span<const Run> runs() const { return storage_.first(count_); }
  /// Whether all of [start, start + bytes) lies in one run. `hint` is the caller's: the run found
  /// last, so that ascending questions cost nothing.
  bool holds(uint64_t start, uint64_t bytes, uint32_t& hint) const;
  uint64_t total_bytes() const;

 private:
  std::span<Run> storage_;
  uint32_t count_ = 0;
};

/// Memory that is the kernel's once boot services are gone: conventional, loader, boot services;
/// neither NVM nor soft-reserved. What an image page may be written to. False: too many runs.
bool add_usable(const MemoryMapView& map, RunList& list);

/// What the stage may allocate now, from 1 MiB on: conventional memory of those kinds. The last
/// `spare_bytes` of the largest run below 4 GiB stay out: firmware allocates too.
bool add_claimable(const MemoryMapView& map, uint64_t spare_bytes, RunList& list);

/// The highest address of usable memory.
uint64_t usable_end(const MemoryMapView& map);

/// The whole map for the fingerprint: every type, the usable ones as conventional, sorted and
/// coalesced. `regions` is as large as the map; returns the count.
uint32_t fingerprint_regions(const MemoryMapView& map, std::span<FingerprintRegion> regions);

}  // namespace nvresume::efi
