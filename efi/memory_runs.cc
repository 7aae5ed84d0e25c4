// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/memory_runs.h"

#include <string.h>

namespace nvresume::efi {
namespace {

constexpr uint64_t kEfiMemorySoftReserved = 0x40000;  // UEFI 2.10, 7.2: EFI_MEMORY_SP
constexpr uint64_t kOneMebibyte = 1 << 20;
constexpr uint64_t kFourGibibytes = uint64_t{1} << 32;

bool is_plain(const EFI_MEMORY_DESCRIPTOR& entry) {
  return (entry.Attribute & (kEfiMemoryNv | kEfiMemorySoftReserved)) == 0;
}

bool is_usable(const EFI_MEMORY_DESCRIPTOR& entry) {
  switch (entry.Type) {
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
    case EfiConventionalMemory:
      return is_plain(entry);
    default:
      return false;
  }
}

uint64_t bytes_of(const EFI_MEMORY_DESCRIPTOR& entry) {
  return entry.NumberOfPages * kEfiPageBytes;
}

/// The run that keeps room for firmware.
Run* largest_below_4g(std::span<Run> runs) {
  Run* largest = nullptr;
  for (Run& run : runs)
    if (run.end() <= kFourGibibytes && (largest == nullptr || run.bytes > largest->bytes))
      largest = &run;
  return largest;
}

void sort(std::span<FingerprintRegion> regions) {
  // Insertion: firmware's map is nearly sorted, and a few hundred entries long.
  for (uint32_t i = 1; i < regions.size(); ++i) {
    const FingerprintRegion region = regions[i];
    uint32_t at = i;
    for (; at > 0 && regions[at - 1].start > region.start; --at) regions[at] = regions[at - 1];
    regions[at] = region;
  }
}

}  // namespace

bool RunList::add(uint64_t start, uint64_t bytes) {
  // What wraps around the end of addresses is no memory, whatever the map says (candidates.h).
  if (bytes == 0 || start + bytes < start) return true;
  uint32_t at = 0;
  while (at < count_ && storage_[at].end() < start) ++at;
  // Everything from `at` on that touches the new run grows into it.
  uint64_t end = start + bytes;
  uint32_t behind = at;
  for (; behind < count_ && storage_[behind].start <= end; ++behind) {
    if (storage_[behind].start < start) start = storage_[behind].start;
    if (storage_[behind].end() > end) end = storage_[behind].end();
  }
  if (behind == at && count_ == storage_.size()) return false;
  const uint32_t rest = count_ - behind;
  memmove(storage_.data() + at + 1, storage_.data() + behind, rest * sizeof(Run));
  storage_[at] = {start, end - start};
  count_ = at + 1 + rest;
  return true;
}

bool RunList::holds(uint64_t start, uint64_t bytes, uint32_t& hint) const {
  if (count_ == 0) return false;
  if (hint >= count_) hint = 0;
  if (start < storage_[hint].start) hint = 0;
  while (hint + 1 < count_ && storage_[hint + 1].start <= start) ++hint;
  const Run& run = storage_[hint];
  return start >= run.start && start - run.start <= run.bytes &&
         bytes <= run.bytes - (start - run.start);
}

uint64_t RunList::total_bytes() const {
  uint64_t bytes = 0;
  for (const Run& run : runs()) bytes += run.bytes;
  return bytes;
}

bool add_usable(const MemoryMapView& map, RunList& list) {
  for (uint64_t i = 0; i < map.count; ++i)
    if (is_usable(map[i]) && !list.add(map[i].PhysicalStart, bytes_of(map[i]))) return false;
  return true;
}

bool add_claimable(const MemoryMapView& map, uint64_t spare_bytes, RunList& list) {
  for (uint64_t i = 0; i < map.count; ++i) {
    const EFI_MEMORY_DESCRIPTOR& entry = map[i];
    if (entry.Type != EfiConventionalMemory || !is_plain(entry)) continue;
    if (entry.PhysicalStart < kOneMebibyte) continue;
    if (!list.add(entry.PhysicalStart, bytes_of(entry))) return false;
  }
  // The list's own storage: the one place that changes a run after it was added.
  std::span<const Run> runs = list.runs();
  Run* largest = largest_below_4g({const_cast<Run*>(runs.data()), runs.size()});
  if (largest == nullptr || largest->bytes <= spare_bytes) return false;
  largest->bytes -= spare_bytes;
  return true;
}

uint64_t usable_end(const MemoryMapView& map) {
  uint64_t end = 0;
  for (uint64_t i = 0; i < map.count; ++i)
    if (is_usable(map[i]) && map[i].PhysicalStart + bytes_of(map[i]) > end)
      end = map[i].PhysicalStart + bytes_of(map[i]);
  return end;
}

uint32_t fingerprint_regions(const MemoryMapView& map, std::span<FingerprintRegion> regions) {
  for (uint64_t i = 0; i < map.count; ++i)
    regions[i] = {map[i].PhysicalStart, bytes_of(map[i]),
                  is_usable(map[i]) ? uint32_t{EfiConventionalMemory} : map[i].Type, 0};
  regions = regions.first(map.count);
  sort(regions);
  uint32_t count = 0;
  for (const FingerprintRegion& region : regions) {
    FingerprintRegion* last = count > 0 ? &regions[count - 1] : nullptr;
    if (last != nullptr && last->kind == region.kind && last->start + last->bytes == region.start)
      last->bytes += region.bytes;
    else
      regions[count++] = region;
  }
  return count;
}

}  // namespace nvresume::efi
