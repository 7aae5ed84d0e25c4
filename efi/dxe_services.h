// SPDX-License-Identifier: GPL-2.0-or-later
// dxe_services.h: the part of the DXE services table (PI 1.8, volume 2, 7) that the stage uses.
// GNU-EFI does not declare it. Names are the specification's.
#pragma once

#include "efi/uefi.h"

namespace nvresume::efi {

inline constexpr EFI_GUID kDxeServicesTableGuid = {
    0x5ad34ba, 0x6f02, 0x4214, {0x95, 0x2e, 0x4d, 0xa0, 0x39, 0x8e, 0x2b, 0xb9}};

enum EFI_GCD_MEMORY_TYPE : uint32_t {
  EfiGcdMemoryTypeNonExistent = 0,
  EfiGcdMemoryTypeReserved = 1,
  EfiGcdMemoryTypeSystemMemory = 2,
  EfiGcdMemoryTypeMemoryMappedIo = 3,
  EfiGcdMemoryTypePersistent = 4,
};

enum EFI_GCD_ALLOCATE_TYPE : uint32_t { EfiGcdAllocateAddress = 2 };

struct EFI_GCD_MEMORY_SPACE_DESCRIPTOR {
  EFI_PHYSICAL_ADDRESS BaseAddress;
  UINT64 Length;
  UINT64 Capabilities;
  UINT64 Attributes;
  EFI_GCD_MEMORY_TYPE GcdMemoryType;
  EFI_HANDLE ImageHandle;
  EFI_HANDLE DeviceHandle;
};
static_assert(sizeof(EFI_GCD_MEMORY_SPACE_DESCRIPTOR) == 56);

struct DXE_SERVICES {
  EFI_TABLE_HEADER Hdr;
  EFI_STATUS(EFIAPI* AddMemorySpace)
  (EFI_GCD_MEMORY_TYPE type, EFI_PHYSICAL_ADDRESS base, UINT64 length, UINT64 capabilities);
  EFI_STATUS(EFIAPI* AllocateMemorySpace)
  (EFI_GCD_ALLOCATE_TYPE allocate, EFI_GCD_MEMORY_TYPE type, UINTN alignment, UINT64 length,
   EFI_PHYSICAL_ADDRESS* base, EFI_HANDLE image, EFI_HANDLE device);
  EFI_STATUS(EFIAPI* FreeMemorySpace)(EFI_PHYSICAL_ADDRESS base, UINT64 length);
  EFI_STATUS(EFIAPI* RemoveMemorySpace)(EFI_PHYSICAL_ADDRESS base, UINT64 length);
  EFI_STATUS(EFIAPI* GetMemorySpaceDescriptor)
  (EFI_PHYSICAL_ADDRESS base, EFI_GCD_MEMORY_SPACE_DESCRIPTOR* descriptor);
  EFI_STATUS(EFIAPI* SetMemorySpaceAttributes)
  (EFI_PHYSICAL_ADDRESS base, UINT64 length, UINT64 attributes);
};
static_assert(sizeof(DXE_SERVICES) == sizeof(EFI_TABLE_HEADER) + 6 * sizeof(void*));

}  // namespace nvresume::efi
