// SPDX-License-Identifier: GPL-2.0-or-later
// acpi.h: finds a table by its signature. Reads memory the firmware published; calls nothing.
#pragma once

#include "efi/uefi.h"
#include "image/nvm.h"

namespace nvresume::efi {

/// The table a configuration-table GUID points to, or null.
const void* configuration_table(const EFI_SYSTEM_TABLE& system, const EFI_GUID& guid);

/// The whole table, header included, from the XSDT; empty where there is none or a length or
/// checksum on the way is wrong. `rsdp` is the ACPI 2.0 configuration table, or null.
ConstBytes find_acpi_table(const void* rsdp, const char (&signature)[5]);

}  // namespace nvresume::efi
