// SPDX-License-Identifier: GPL-2.0-or-later
// same_processor.h: whether this processor is the one the image was saved on. A kernel patches its
// own code for the processor it booted on, and no check of the kernel's notices another one: the
// resumed kernel would die of the first instruction that is missing.
#pragma once

#include "image/nvm.h"
#include "image/superblock.h"

namespace nvresume {

/// Compares what the stage saw in the boot of the save, in the metadata `record`, with what it saw
/// in this boot. Error: kProcessorChanged. An image or a boot without a fingerprint passes: nothing
/// is known of it.
Status check_same_processor(Nvm& area, const Superblock& superblock, ConstBytes record);

}  // namespace nvresume
