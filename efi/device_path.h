// SPDX-License-Identifier: GPL-2.0-or-later
// device_path.h: device paths as bytes (UEFI 2.10, 10). Calls nothing.
#pragma once

#include "efi/loader_list.h"
#include "efi/uefi.h"

namespace nvresume::efi {

/// A whole path: the volume's nodes, the file, the end.
struct FullPath {
  static constexpr uint32_t kCapacityBytes = 2048;
  alignas(8) uint8_t bytes[kCapacityBytes] = {};
  uint32_t length_bytes = 0;  ///< 0: did not fit, or `volume` is malformed
};
FullPath make_full_path(const EFI_DEVICE_PATH* volume, const LoaderPath& file);

/// The file nodes of a loaded image's FilePath joined; empty where there are none.
LoaderPath file_of(const EFI_DEVICE_PATH* path);

}  // namespace nvresume::efi
