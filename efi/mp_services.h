// SPDX-License-Identifier: GPL-2.0-or-later
// mp_services.h: the part of EFI_MP_SERVICES_PROTOCOL (PI 1.8, volume 2, 13.4) that the stage uses.
// GNU-EFI does not declare it. Names are the specification's.
#pragma once

#include "efi/uefi.h"

namespace nvresume::efi {

inline constexpr EFI_GUID kMpServicesGuid = {
    0x3fdda605, 0xa76e, 0x4f46, {0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08}};

struct EFI_PROCESSOR_INFORMATION {
  UINT64 ProcessorId;
  UINT32 StatusFlag;
  UINT32 Location[3];
  UINT32 ExtendedInformation[6];
};
static_assert(sizeof(EFI_PROCESSOR_INFORMATION) == 48);

using EFI_AP_PROCEDURE = void(EFIAPI*)(void* argument);

struct EFI_MP_SERVICES_PROTOCOL {
  EFI_STATUS(EFIAPI* GetNumberOfProcessors)
  (EFI_MP_SERVICES_PROTOCOL* self, UINTN* processors, UINTN* enabled);
  EFI_STATUS(EFIAPI* GetProcessorInfo)
  (EFI_MP_SERVICES_PROTOCOL* self, UINTN number, EFI_PROCESSOR_INFORMATION* information);
  EFI_STATUS(EFIAPI* StartupAllAPs)
  (EFI_MP_SERVICES_PROTOCOL* self, EFI_AP_PROCEDURE procedure, BOOLEAN single_thread,
   EFI_EVENT wait_event, UINTN timeout_us, void* argument, UINTN** failed);
};

/// Null where the firmware has none.
EFI_MP_SERVICES_PROTOCOL* find_mp_services(EFI_BOOT_SERVICES& boot_services);

}  // namespace nvresume::efi
