// SPDX-License-Identifier: GPL-2.0-or-later
// kernel_image.h: an image that the kernel itself wrote to the NVM swap area (signature S1SUSPEND).
#pragma once

#include <sys/types.h>

#include "image/result.h"

namespace nvresume {

/// Tells the kernel to resume from `swap`. Returns only if it did not (kResumeReturned): the kernel
/// has then taken its image back, and its log says why.
Error hand_over_kernel_image(dev_t swap);

}  // namespace nvresume
