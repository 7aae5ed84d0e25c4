// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/memory_map.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kOrdinaryGranuleBytes = 64 * 1024 * 1024;

bool is_ordinary(const EFI_MEMORY_DESCRIPTOR& entry) {
  if ((entry.Attribute & kEfiMemoryNv) != 0) return false;
  switch (entry.Type) {
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
    case EfiConventionalMemory:
    case EfiACPIReclaimMemory:
    case EfiACPIMemoryNVS:
    case kEfiUnacceptedMemory:
      return true;
    default:
      return false;
  }
}

bool is_nvm(const EFI_MEMORY_DESCRIPTOR& entry) {
  if (entry.Type == kEfiPersistentMemory) return true;
  return entry.Type == EfiConventionalMemory && (entry.Attribute & kEfiMemoryNv) != 0;
}

/// The kind of one map entry; 0 where it is neither NVM nor reserved.
uint32_t kind_of(const EFI_MEMORY_DESCRIPTOR& entry) {
  if (entry.Type == EfiReservedMemoryType) return static_cast<uint32_t>(RangeKind::kReserved);
  if (entry.Type == kEfiPersistentMemory) return static_cast<uint32_t>(RangeKind::kPersistent);
  return is_nvm(entry) ? static_cast<uint32_t>(RangeKind::kMemoryNv) : 0;
}

uint64_t bytes_of(const EFI_MEMORY_DESCRIPTOR& entry) {
  return entry.NumberOfPages * kEfiPageBytes;
}

Error taken(uint64_t address, std::string_view by) {
  Error error(Reason::kRangeTaken, "the range is not free NVM: ");
  return std::move(error.with_hex(address).with(" is ").with(by));
}

}  // namespace

uint64_t ordinary_memory_bytes(const MemoryMapView& map) {
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < map.count; ++i)
    if (is_ordinary(map[i])) bytes += bytes_of(map[i]);
  return (bytes + kOrdinaryGranuleBytes - 1) / kOrdinaryGranuleBytes * kOrdinaryGranuleBytes;
}

void add_map_ranges(const MemoryMapView& map, CandidateList& candidates) {
  for (uint64_t i = 0; i < map.count; ++i)
    if (is_nvm(map[i])) candidates.add(map[i].PhysicalStart, bytes_of(map[i]));
}

Result<RangeKind> classify_range(const MemoryMapView& map, uint64_t base, uint64_t bytes) {
  uint32_t kind = 0;
  uint64_t covered_bytes = 0;
  for (uint64_t i = 0; i < map.count; ++i) {
    const EFI_MEMORY_DESCRIPTOR& entry = map[i];
    uint64_t start = entry.PhysicalStart > base ? entry.PhysicalStart : base;
    uint64_t entry_end = entry.PhysicalStart + bytes_of(entry);
    uint64_t end = entry_end < base + bytes ? entry_end : base + bytes;
    if (start >= end) continue;
    uint32_t entry_kind = kind_of(entry);
    if (entry_kind == 0)
      return std::move(taken(start, "memory of type ").with(uint64_t{entry.Type}));
    if (kind != 0 && kind != entry_kind) return taken(start, "of another kind than its start");
    kind = entry_kind;
    covered_bytes += end - start;
  }
  if (covered_bytes == 0) return RangeKind::kUnmapped;
  if (covered_bytes != bytes) return taken(base, "only partly in the memory map");
  return static_cast<RangeKind>(kind);
}

}  // namespace nvresume::efi
