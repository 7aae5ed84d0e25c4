// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/mp_services.h"

namespace nvresume::efi {

EFI_MP_SERVICES_PROTOCOL* find_mp_services(EFI_BOOT_SERVICES& boot_services) {
  EFI_GUID guid = kMpServicesGuid;
  void* interface = nullptr;
  if (EFI_ERROR(boot_services.LocateProtocol(&guid, nullptr, &interface))) return nullptr;
  return static_cast<EFI_MP_SERVICES_PROTOCOL*>(interface);
}

}  // namespace nvresume::efi
