// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/reserve.h"

#include "efi/firmware_error.h"

namespace nvresume::efi {
namespace {

Status add_and_allocate(const MemoryServices& services, uint64_t base, uint64_t bytes) {
  EFI_STATUS status =
      services.dxe->AddMemorySpace(EfiGcdMemoryTypeReserved, base, bytes, EFI_MEMORY_WB);
  if (EFI_ERROR(status)) return firmware_error("AddMemorySpace", status);
  EFI_PHYSICAL_ADDRESS address = base;
  status = services.dxe->AllocateMemorySpace(EfiGcdAllocateAddress, EfiGcdMemoryTypeReserved, 0,
                                             bytes, &address, services.image, nullptr);
  if (!EFI_ERROR(status)) return ok_status();
  (void)services.dxe->RemoveMemorySpace(base, bytes);  // the allocation's error is the one to tell
  return firmware_error("AllocateMemorySpace", status);
}

Status reserve_unmapped(const MemoryServices& services, uint64_t base, uint64_t bytes) {
  if (services.dxe == nullptr)
    return Error(Reason::kUnsupportedFirmware, "this firmware has no DXE services");
  EFI_GCD_MEMORY_SPACE_DESCRIPTOR descriptor;
  EFI_STATUS status = services.dxe->GetMemorySpaceDescriptor(base, &descriptor);
  if (EFI_ERROR(status)) return firmware_error("GetMemorySpaceDescriptor", status);
  const uint64_t end = descriptor.BaseAddress + descriptor.Length;
  if (descriptor.GcdMemoryType != EfiGcdMemoryTypeNonExistent || end < base + bytes)
    return std::move(
        Error(Reason::kRangeTaken, "firmware uses part of the range as memory space of type ")
            .with(uint64_t{descriptor.GcdMemoryType}));
  return add_and_allocate(services, base, bytes);
}

Status reserve_pages(const MemoryServices& services, uint64_t base, uint64_t bytes) {
  EFI_PHYSICAL_ADDRESS address = base;
  EFI_STATUS status = services.boot->AllocatePages(AllocateAddress, EfiReservedMemoryType,
                                                   bytes / kEfiPageBytes, &address);
  if (EFI_ERROR(status)) return firmware_error("AllocatePages", status);
  return ok_status();
}

}  // namespace

Result<Reservation> reserve(const MemoryServices& services, const MemoryMapView& map, uint64_t base,
                            uint64_t bytes) {
  if (base % kRangeAlignment != 0 || bytes % kRangeAlignment != 0 || bytes == 0)
    return std::move(Error(Reason::kBadArgument, "the range at ")
                         .with_hex(base)
                         .with(" is not a multiple of 2 MiB"));
  NVRESUME_ASSIGN(RangeKind kind, classify_range(map, base, bytes));
  if (kind == RangeKind::kUnmapped) NVRESUME_TRY(reserve_unmapped(services, base, bytes));
  if (kind == RangeKind::kMemoryNv) NVRESUME_TRY(reserve_pages(services, base, bytes));
  return Reservation{kind, base, bytes};
}

Status release(const MemoryServices& services, const Reservation& reservation) {
  EFI_STATUS freed = EFI_SUCCESS;
  EFI_STATUS removed = EFI_SUCCESS;
  if (reservation.kind == RangeKind::kUnmapped) {
    freed = services.dxe->FreeMemorySpace(reservation.base, reservation.bytes);
    removed = services.dxe->RemoveMemorySpace(reservation.base, reservation.bytes);
  } else if (reservation.kind == RangeKind::kMemoryNv) {
    freed = services.boot->FreePages(reservation.base, reservation.bytes / kEfiPageBytes);
  }
  if (EFI_ERROR(freed)) return firmware_error("freeing the reservation", freed);
  if (EFI_ERROR(removed)) return firmware_error("RemoveMemorySpace", removed);
  return ok_status();
}

Status ask_write_back(const MemoryServices& services, const Reservation& reservation) {
  if (services.dxe == nullptr) return ok_status();
  EFI_GCD_MEMORY_SPACE_DESCRIPTOR descriptor;
  EFI_STATUS status = services.dxe->GetMemorySpaceDescriptor(reservation.base, &descriptor);
  if (EFI_ERROR(status)) return firmware_error("GetMemorySpaceDescriptor", status);
  if ((descriptor.Attributes & EFI_MEMORY_WB) != 0) return ok_status();
  uint64_t attributes = (descriptor.Attributes & ~kCachingMask) | EFI_MEMORY_WB;
  status = services.dxe->SetMemorySpaceAttributes(reservation.base, reservation.bytes, attributes);
  if (EFI_ERROR(status)) return firmware_error("SetMemorySpaceAttributes", status);
  return ok_status();
}

}  // namespace nvresume::efi
