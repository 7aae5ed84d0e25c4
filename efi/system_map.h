// SPDX-License-Identifier: GPL-2.0-or-later
// system_map.h: the firmware's memory map, fetched.
#pragma once

#include "efi/memory_map.h"
#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

/// Owns the pool memory the map lies in; freed at the end of the scope, before a loader starts.
class SystemMap {
 public:
  /// Error: kUnsupportedFirmware.
  static Result<SystemMap> fetch(EFI_BOOT_SERVICES& boot_services);

  SystemMap(SystemMap&& other) noexcept;
  SystemMap(const SystemMap&) = delete;
  SystemMap& operator=(const SystemMap&) = delete;
  ~SystemMap();

  const MemoryMapView& view() const { return view_; }

 private:
  SystemMap(EFI_BOOT_SERVICES& boot_services, void* buffer)
      : boot_services_(&boot_services), buffer_(buffer) {}

  EFI_BOOT_SERVICES* boot_services_;
  void* buffer_;
  MemoryMapView view_;
};

}  // namespace nvresume::efi
