// SPDX-License-Identifier: GPL-2.0-or-later
// acpi.h: finds a table by its signature. Reads memory the firmware published; calls nothing.
#pragma once

#include <string.h>

#include "efi/uefi.h"
#include "image/nvm.h"

namespace nvresume::efi {

/// The table a configuration-table GUID points to, or null.
const void* configuration_table(const EFI_SYSTEM_TABLE& system, const EFI_GUID& guid);

/// What the functions below start from: the ACPI 2.0 configuration table, or null.
const void* find_rsdp(const EFI_SYSTEM_TABLE& system);

/// The whole table, header included, from the XSDT; empty where there is none or a length or
/// checksum on the way is wrong.
ConstBytes find_acpi_table(const void* rsdp, const char (&signature)[5]);

/// The whole table at an address; empty where there is none or its length or checksum is wrong.
ConstBytes acpi_table_at(uint64_t address);

/// Addresses of the tables the XSDT lists; empty where there is no XSDT.
ConstBytes xsdt_entries(const void* rsdp);

/// Calls visit(address, table) for every table of the XSDT, in its order.
template <typename Visit>
void for_each_acpi_table(const void* rsdp, Visit visit) {
  const ConstBytes entries = xsdt_entries(rsdp);
  for (uint64_t offset = 0; offset + 8 <= entries.size(); offset += 8) {
    uint64_t address;
    memcpy(&address, entries.data() + offset, sizeof address);
    visit(address, acpi_table_at(address));
  }
}

}  // namespace nvresume::efi
