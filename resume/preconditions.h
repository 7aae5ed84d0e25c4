// SPDX-License-Identifier: GPL-2.0-or-later
// preconditions.h: what must hold before a save freezes anything. A save that could not be resumed
// is never started.
#pragma once

#include "image/efi_variables.h"
#include "image/image_area.h"
#include "image/result.h"

namespace nvresume {

/// This boot came through the stage and its range is the superblock's, our Boot#### entry exists,
/// the default boot entry's initramfs contains the module, no mounted file system on dm-crypt
/// unless configured, the NVM swap area carries a swap signature. The first that does not hold is
/// the error.
Status check_save_preconditions(const NvresumeRange& range, const ImageArea& area);

}  // namespace nvresume
