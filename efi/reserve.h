// SPDX-License-Identifier: GPL-2.0-or-later
// reserve.h: keeps the range out of everybody else's hands, in a memory map that is the same at
// every boot: the kernel restores an image only under the map it was saved under.
#pragma once

#include "efi/dxe_services.h"
#include "efi/memory_map.h"
#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume::efi {

/// The firmware services a reservation needs; a test brings its own.
struct MemoryServices {
  EFI_BOOT_SERVICES* boot;
  DXE_SERVICES* dxe;  ///< null where firmware is not built on PI: an unmapped range is refused
  EFI_HANDLE image;   ///< owner of what is allocated
};

/// What was done to the memory map, so that it can be undone before control returns to firmware:
/// EDK2 counts reserved memory between boot options and may resize its pools and reset.
struct Reservation {
  RangeKind kind;
  uint64_t base;
  uint64_t bytes;
};

/// Reserves exactly [base, base + bytes). Undoes its first half if the second fails.
/// Errors: kRangeTaken (not NVM, or somebody's), kUnsupportedFirmware, kBadArgument (alignment).
Result<Reservation> reserve(const MemoryServices& services, const MemoryMapView& map, uint64_t base,
                            uint64_t bytes);

/// The range as it was before. Error: kUnsupportedFirmware naming the call; the rest is still done.
Status release(const MemoryServices& services, const Reservation& reservation);

/// Asks for write-back caching where the range has another one. Error: kUnsupportedFirmware; the
/// range then works, slower.
Status ask_write_back(const MemoryServices& services, const Reservation& reservation);

}  // namespace nvresume::efi
