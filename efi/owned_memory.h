// SPDX-License-Identifier: GPL-2.0-or-later
// owned_memory.h: memory taken from boot services, given back in one go: a refusal leaves firmware
// its memory as it was.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/memory_runs.h"
#include "efi/uefi.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume::efi {

class OwnedMemory {
 public:
  explicit OwnedMemory(EFI_BOOT_SERVICES& boot_services) : boot_services_(&boot_services) {}
  OwnedMemory(const OwnedMemory&) = delete;
  OwnedMemory& operator=(const OwnedMemory&) = delete;
  ~OwnedMemory();

  /// Whole pages anywhere. Error: kNoSafeMemory.
  Result<Bytes> allocate(uint64_t bytes);
  template <typename T>
  Result<std::span<T>> allocate_array(uint64_t count) {
    NVRESUME_ASSIGN(Bytes bytes, allocate(count * sizeof(T)));
    return std::span<T>(reinterpret_cast<T*>(bytes.data()), count);
  }
  /// Exactly this memory. False where firmware does not give it: it changed hands meanwhile.
  bool claim(const Run& run);

 private:
  bool remember(uint64_t start, uint64_t pages);

  // A server's map has some hundred conventional descriptors; more are left to firmware.
  static constexpr uint32_t kCapacity = 512;
  EFI_BOOT_SERVICES* boot_services_;
  uint32_t count_ = 0;
  struct {
    uint64_t start, pages;
  } owned_[kCapacity] = {};
};

}  // namespace nvresume::efi
