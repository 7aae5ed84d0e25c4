// SPDX-License-Identifier: GPL-2.0-or-later
// The firmware's memory map and the saved one, of any content: every list made of them is sorted
// and holds nothing twice.
#include "efi/memory_runs.h"
#include "efi/virtual_map.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;
using namespace nvresume::efi;

namespace {

constexpr uint64_t kDescriptorMaximum = 16;

/// Addresses as firmware has them, a few pages apart so that entries meet, or any.
std::vector<EFI_MEMORY_DESCRIPTOR> take_map(FuzzInput& input) {
  std::vector<EFI_MEMORY_DESCRIPTOR> map(input.take<uint8_t>() % (kDescriptorMaximum + 1));
  for (EFI_MEMORY_DESCRIPTOR& entry : map) {
    const auto shape = input.take<uint8_t>();
    entry.Type = input.take<uint8_t>() % 18;
    entry.PhysicalStart =
        shape & 1 ? input.take<uint64_t>() : uint64_t{input.take<uint16_t>()} * kEfiPageBytes;
    entry.NumberOfPages = shape & 2 ? input.take<uint64_t>() : input.take<uint8_t>();
    entry.Attribute = shape & 4 ? input.take<uint64_t>() : 0;
  }
  return map;
}

void require_sorted(const RunList& list) {
  const std::span<const Run> runs = list.runs();
  for (size_t i = 0; i < runs.size(); i++) {
    require(runs[i].bytes != 0 && runs[i].end() > runs[i].start);
    if (i > 0) require(runs[i - 1].end() < runs[i].start);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const std::vector<EFI_MEMORY_DESCRIPTOR> now = take_map(input);
  const MemoryMapView map{reinterpret_cast<const uint8_t*>(now.data()), now.size(),
                          sizeof(EFI_MEMORY_DESCRIPTOR)};
  (void)ordinary_memory_bytes(map);
  (void)usable_end(map);
  CandidateList candidates;
  add_map_ranges(map, candidates);
  for (uint32_t i = 1; i < candidates.count(); i++)
    require(candidates[i - 1].base + candidates[i - 1].bytes <= candidates[i].base);
  (void)classify_range(map, uint64_t{input.take<uint16_t>()} * kEfiPageBytes,
                       uint64_t{input.take<uint8_t>()} * kEfiPageBytes);

  Run usable_storage[kDescriptorMaximum], claimable_storage[4];
  RunList usable(usable_storage), claimable(claimable_storage);
  if (add_usable(map, usable)) require_sorted(usable);
  if (add_claimable(map, kEfiPageBytes, claimable)) require_sorted(claimable);

  FingerprintRegion regions[kDescriptorMaximum];
  const uint32_t count = fingerprint_regions(map, regions);
  require(count <= now.size());
  for (uint32_t i = 1; i < count; i++) require(regions[i - 1].start <= regions[i].start);

  std::vector<MapRange> saved(input.take<uint8_t>() % 8);
  for (MapRange& range : saved) range = input.take<MapRange>();
  std::vector<EFI_MEMORY_DESCRIPTOR> out(saved.size());
  const auto virtual_map = make_virtual_map(saved, map, out);
  if (virtual_map.ok()) require(virtual_map->size() <= saved.size());
  return 0;
}
