// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/owned_memory.h"

namespace nvresume::efi {

OwnedMemory::~OwnedMemory() {
  // Newest first. Nothing can be done about one that firmware does not take back.
  while (count_ > 0) {
    --count_;
    (void)boot_services_->FreePages(owned_[count_].start, owned_[count_].pages);
  }
}

Result<Bytes> OwnedMemory::allocate(uint64_t bytes) {
  const uint64_t pages = (bytes + kEfiPageBytes - 1) / kEfiPageBytes;
  EFI_PHYSICAL_ADDRESS address = 0;
  if (count_ == kCapacity ||
      EFI_ERROR(boot_services_->AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &address)))
    return std::move(
        Error(Reason::kNoSafeMemory, "firmware has no ").with(bytes).with(" bytes left"));
  (void)remember(address, pages);
  return Bytes(reinterpret_cast<uint8_t*>(address), pages * kEfiPageBytes);
}

bool OwnedMemory::claim(const Run& run) {
  EFI_PHYSICAL_ADDRESS address = run.start;
  const uint64_t pages = run.bytes / kEfiPageBytes;
  if (count_ == kCapacity ||
      EFI_ERROR(boot_services_->AllocatePages(AllocateAddress, EfiLoaderData, pages, &address)))
    return false;
  return remember(address, pages);
}

bool OwnedMemory::remember(uint64_t start, uint64_t pages) {
  owned_[count_++] = {start, pages};
  return true;
}

}  // namespace nvresume::efi
