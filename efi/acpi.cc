// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/acpi.h"

#include <string.h>

namespace nvresume::efi {
namespace {

// ACPI 6.5, 5.2.5.3 and 5.2.6.
constexpr uint64_t kRsdpXsdtOffset = 24;
constexpr uint64_t kRsdpBytes = 36;
constexpr uint64_t kHeaderBytes = 36;
// No real table comes near; a wrong length must not make the walk read the whole memory.
constexpr uint32_t kTableBytesMaximum = 1024 * 1024;

bool sums_to_zero(ConstBytes bytes) {
  uint8_t sum = 0;
  for (uint8_t byte : bytes) sum = static_cast<uint8_t>(sum + byte);
  return sum == 0;
}

}  // namespace

ConstBytes acpi_table_at(uint64_t address) {
  if (address == 0) return {};
  const uint8_t* table = reinterpret_cast<const uint8_t*>(address);
  uint32_t length;
  memcpy(&length, table + 4, sizeof length);
  if (length < kHeaderBytes || length > kTableBytesMaximum) return {};
  ConstBytes bytes(table, length);
  return sums_to_zero(bytes) ? bytes : ConstBytes();
}

const void* configuration_table(const EFI_SYSTEM_TABLE& system, const EFI_GUID& guid) {
  for (UINTN i = 0; i < system.NumberOfTableEntries; ++i) {
    const EFI_CONFIGURATION_TABLE& entry = system.ConfigurationTable[i];
    if (memcmp(&entry.VendorGuid, &guid, sizeof guid) == 0) return entry.VendorTable;
  }
  return nullptr;
}

const void* find_rsdp(const EFI_SYSTEM_TABLE& system) {
  constexpr EFI_GUID kAcpi20TableGuid = ACPI_20_TABLE_GUID;
  return configuration_table(system, kAcpi20TableGuid);
}

ConstBytes xsdt_entries(const void* rsdp) {
  if (rsdp == nullptr || memcmp(rsdp, "RSD PTR ", 8) != 0) return {};
  const uint8_t* pointer = static_cast<const uint8_t*>(rsdp);
  if (!sums_to_zero(ConstBytes(pointer, kRsdpBytes))) return {};
  uint64_t xsdt_address;
  memcpy(&xsdt_address, pointer + kRsdpXsdtOffset, sizeof xsdt_address);
  const ConstBytes xsdt = acpi_table_at(xsdt_address);
  return xsdt.empty() ? xsdt : xsdt.subspan(kHeaderBytes);
}

ConstBytes find_acpi_table(const void* rsdp, const char (&signature)[5]) {
  const ConstBytes entries = xsdt_entries(rsdp);
  for (uint64_t offset = 0; offset + 8 <= entries.size(); offset += 8) {
    uint64_t address;
    memcpy(&address, entries.data() + offset, sizeof address);
    if (address == 0 || memcmp(reinterpret_cast<const void*>(address), signature, 4) != 0) continue;
    return acpi_table_at(address);
  }
  return {};
}

}  // namespace nvresume::efi
