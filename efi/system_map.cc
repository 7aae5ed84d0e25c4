// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/system_map.h"

#include "efi/firmware_error.h"

namespace nvresume::efi {

Result<SystemMap> SystemMap::fetch(EFI_BOOT_SERVICES& boot_services) {
  UINTN size_bytes = 0, key = 0, stride_bytes = 0;
  UINT32 version = 0;
  EFI_STATUS status =
      boot_services.GetMemoryMap(&size_bytes, nullptr, &key, &stride_bytes, &version);
  if (status != EFI_BUFFER_TOO_SMALL) return firmware_error("GetMemoryMap", status);

  // The allocation itself may split entries: room for a few more.
  size_bytes += 8 * stride_bytes;
  void* buffer = nullptr;
  status = boot_services.AllocatePool(EfiLoaderData, size_bytes, &buffer);
  if (EFI_ERROR(status)) return firmware_error("AllocatePool", status);
  SystemMap map(boot_services, buffer);
  status = boot_services.GetMemoryMap(&size_bytes, static_cast<EFI_MEMORY_DESCRIPTOR*>(buffer),
                                      &key, &stride_bytes, &version);
  if (EFI_ERROR(status)) return firmware_error("GetMemoryMap", status);
  map.view_ = {static_cast<const uint8_t*>(buffer), size_bytes / stride_bytes, stride_bytes};
  return map;
}

SystemMap::SystemMap(SystemMap&& other) noexcept
    : boot_services_(other.boot_services_), buffer_(other.buffer_), view_(other.view_) {
  other.buffer_ = nullptr;
}

SystemMap::~SystemMap() {
  if (buffer_ != nullptr) (void)boot_services_->FreePool(buffer_);  // nothing to do if it fails
}

}  // namespace nvresume::efi
