// SPDX-License-Identifier: GPL-2.0-or-later
// uefi.h: GNU-EFI's declarations plus what they lack. The one place that includes them, so that the
// stage and the hosted tests see the same calling convention.
#pragma once

#include <stdint.h>

// Firmware services use the Microsoft convention; without this GNU-EFI declares them System V.
#define GNU_EFI_USE_MS_ABI 1
#include <efi/efi.h>

namespace nvresume::efi {

/// UEFI 2.10, 7.2 GetMemoryMap: newer than GNU-EFI's enumeration.
inline constexpr uint32_t kEfiPersistentMemory = 14;
inline constexpr uint32_t kEfiUnacceptedMemory = 15;
inline constexpr uint64_t kEfiMemoryNv = 0x8000;
/// UEFI 2.10, 7.2: the caching bits of a descriptor's Attribute (UC, WC, WT, WB, UCE).
inline constexpr uint64_t kCachingMask = 0x1f;
inline constexpr uint64_t kEfiPageBytes = 4096;

}  // namespace nvresume::efi
