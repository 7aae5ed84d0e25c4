// SPDX-License-Identifier: GPL-2.0-or-later
// attach.h: makes the two disks over the published range appear.
#pragma once

#include <string>

#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume {

inline constexpr char kImageDisk[] = "/dev/nvm_swap0_image";
inline constexpr char kSwapDisk[] = "/dev/nvm_swap0";
inline constexpr uint32_t kAttachTimeoutMs = 5000;

/// Loads nvm_swap with the range and waits for both disks; makes /dev/NVM_IMAGE and /dev/NVM_SWAP
/// where udev has not. Already attached with the same range: ok. Errors: kDriverMissing,
/// kRangeTaken (somebody else's name in the text), kIoError (a disk did not appear).
Status attach_disks(const NvresumeRange& range);

/// The numbers the loaded driver was given; an error (kDriverMissing) where it is not loaded.
Result<NvresumeRange> attached_range();

}  // namespace nvresume
