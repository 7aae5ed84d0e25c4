// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/leave_firmware.h"

#include "efi/firmware_error.h"
#include "efi/privileged.h"

namespace nvresume::efi {
namespace {

/// Twice: the first try's own callbacks may change the map once (UEFI 2.10, 7.4 ExitBootServices).
EFI_STATUS exit_boot_services(const HandOver& way) {
  EFI_BOOT_SERVICES& boot_services = *way.system->BootServices;
  EFI_STATUS status = EFI_SUCCESS;
  for (int tries = 0; tries < 2; ++tries) {
    UINTN bytes = way.map_buffer.size(), key = 0, stride_bytes = 0;
    UINT32 version = 0;
    status = boot_services.GetMemoryMap(
        &bytes, reinterpret_cast<EFI_MEMORY_DESCRIPTOR*>(way.map_buffer.data()), &key,
        &stride_bytes, &version);
    if (EFI_ERROR(status)) continue;
    status = boot_services.ExitBootServices(way.image, key);
    if (!EFI_ERROR(status)) return status;
  }
  return status;
}

/// Under firmware's own identity map, as the specification wants it, and before anything is moved.
EFI_STATUS set_virtual_addresses(const HandOver& way) {
  return way.system->RuntimeServices->SetVirtualAddressMap(
      way.virtual_map.size_bytes(), sizeof(EFI_MEMORY_DESCRIPTOR), EFI_MEMORY_DESCRIPTOR_VERSION,
      way.virtual_map.data());
}

Error refused(std::string_view call, EFI_STATUS status) {
  return Error(Reason::kHandOverFailed, firmware_error(call, status).text());
}

}  // namespace

Status leave_firmware(const HandOver& way) {
  if (const EFI_STATUS status = exit_boot_services(way); EFI_ERROR(status))
    return refused("ExitBootServices", status);
  disable_interrupts();
  if (const EFI_STATUS status = set_virtual_addresses(way); EFI_ERROR(status))
    return refused("SetVirtualAddressMap", status);
  return ok_status();
}

}  // namespace nvresume::efi
