// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/smbios.h"

#include <string.h>

#include "efi/hash.h"

namespace nvresume::efi {
namespace {

constexpr uint8_t kLastIdentityType = 3;  // chassis
// A real table is a few KiB; a wrong length must not make the walk read the whole memory.
constexpr uint32_t kTableBytesMaximum = 256 * 1024;

template <typename T>
T at(const uint8_t* bytes, uint32_t offset) {
  T value;
  memcpy(&value, bytes + offset, sizeof value);
  return value;
}

/// Bytes of the structure at the table's start with its texts, which end in two zeros; 0: damaged.
uint64_t structure_bytes(ConstBytes table) {
  if (table.size() < 4 || table[1] < 4) return 0;
  for (uint64_t end = table[1]; end + 1 < table.size(); ++end)
    if (table[end] == 0 && table[end + 1] == 0) return end + 2;
  return 0;
}

}  // namespace

ConstBytes smbios_table(const void* entry_point) {
  if (entry_point == nullptr) return {};
  const uint8_t* bytes = static_cast<const uint8_t*>(entry_point);
  uint64_t address = 0;
  uint32_t length = 0;
  if (memcmp(bytes, "_SM3_", 5) == 0) {
    address = at<uint64_t>(bytes, 16);
    length = at<uint32_t>(bytes, 12);
  } else if (memcmp(bytes, "_SM_", 4) == 0) {
    address = at<uint32_t>(bytes, 24);
    length = at<uint16_t>(bytes, 22);
  }
  if (address == 0 || length > kTableBytesMaximum) return {};
  return {reinterpret_cast<const uint8_t*>(address), length};
}

uint64_t hash_smbios_identity(ConstBytes table) {
  Hash hash;
  while (const uint64_t bytes = structure_bytes(table)) {
    if (table[0] <= kLastIdentityType) hash.add(table.first(bytes));
    table = table.subspan(bytes);
  }
  return hash.value();
}

}  // namespace nvresume::efi
