// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/virtual_map.h"

#include <string.h>

namespace nvresume::efi {
namespace {

/// "0x5" or "5": sysfs prints the type as a number. 0 (reserved) for anything else.
uint32_t type_of(const MapRange& range) {
  const char* text = range.type;
  uint32_t base = 10, value = 0;
  if (text[0] == '0' && text[1] == 'x') {
    base = 16;
    text += 2;
  }
  for (; text < range.type + sizeof range.type && *text != '\0'; ++text) {
    const uint32_t digit = *text >= '0' && *text <= '9'   ? uint32_t(*text - '0')
                           : *text >= 'a' && *text <= 'f' ? uint32_t(*text - 'a' + 10)
                                                          : 99;
    if (digit >= base || value > 0xffff) return 0;
    value = value * base + digit;
  }
  return value;
}

bool is_runtime(const MapRange& range, uint32_t type) {
  if ((type >= EfiLoaderCode && type <= EfiBootServicesData) || type == EfiConventionalMemory)
    return false;
  return (range.attributes & kEfiMemoryRuntime) != 0 && range.virtual_start != 0;
}

bool covers(const EFI_MEMORY_DESCRIPTOR& a, const EFI_MEMORY_DESCRIPTOR& b) {
  return b.PhysicalStart >= a.PhysicalStart &&
         b.PhysicalStart + b.NumberOfPages * kEfiPageBytes <=
             a.PhysicalStart + a.NumberOfPages * kEfiPageBytes;
}

bool is_covered(const EFI_MEMORY_DESCRIPTOR& region, std::span<const EFI_MEMORY_DESCRIPTOR> by) {
  for (const EFI_MEMORY_DESCRIPTOR& candidate : by)
    if (covers(candidate, region)) return true;
  return false;
}

}  // namespace

Result<std::span<EFI_MEMORY_DESCRIPTOR>> make_virtual_map(std::span<const MapRange> saved,
                                                          const MemoryMapView& now,
                                                          std::span<EFI_MEMORY_DESCRIPTOR> out) {
  uint64_t count = 0;
  for (const MapRange& range : saved) {
    const uint32_t type = type_of(range);
    if (!is_runtime(range, type)) continue;
    if (range.end < range.start || count == out.size())
      return Error(Reason::kRuntimeChanged, "the saved runtime map makes no sense");
    EFI_MEMORY_DESCRIPTOR& descriptor = out[count++];
    memset(&descriptor, 0, sizeof descriptor);
    descriptor.Type = type;
    descriptor.PhysicalStart = range.start;
    descriptor.VirtualStart = range.virtual_start;
    descriptor.NumberOfPages = (range.end - range.start + 1) / kEfiPageBytes;
    descriptor.Attribute = range.attributes;
  }
  const auto made = out.first(count);
  if (made.empty()) return Error(Reason::kRuntimeChanged, "the saved kernel had no runtime map");
  for (uint64_t i = 0; i < now.count; ++i)
    if ((now[i].Attribute & kEfiMemoryRuntime) != 0 && !is_covered(now[i], made))
      return std::move(
          Error(Reason::kRuntimeChanged, "the saved kernel does not know the runtime region at ")
              .with_hex(now[i].PhysicalStart));
  return made;
}

}  // namespace nvresume::efi
