// SPDX-License-Identifier: GPL-2.0-or-later
// chain.h: loads and starts the next boot loader.
#pragma once

#include "efi/console.h"
#include "efi/loader_list.h"
#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

struct Loader {
  EFI_HANDLE image;
  LoaderPath path;
};

/// What the stage's own loaded-image protocol tells.
struct OwnImage {
  EFI_HANDLE image;
  const EFI_LOADED_IMAGE* loaded;
  const EFI_DEVICE_PATH* volume;
};
/// Error: kUnsupportedFirmware.
Result<OwnImage> own_image(EFI_BOOT_SERVICES& boot_services, EFI_HANDLE image);

/// The loaders to try for this start of the stage.
LoaderList loaders_of(const OwnImage& own, const NvresumeConfig& config);

/// Loads the first of `loaders` that can be loaded. Always by full device path: GRUB and shim find
/// their own files by the path they were loaded from. Says which ones failed, except usual places
/// that simply are not there. Error: kLoaderMissing.
Result<Loader> load_next(EFI_BOOT_SERVICES& boot_services, const OwnImage& own,
                         const LoaderList& loaders, Console& console);

/// Returns only if the loader does.
EFI_STATUS start(EFI_BOOT_SERVICES& boot_services, const Loader& loader);

}  // namespace nvresume::efi
