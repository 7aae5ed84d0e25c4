// SPDX-License-Identifier: GPL-2.0-or-later
// range_wipe.h: the end of a range's life with nvresume.
#pragma once

#include "image/result.h"
#include "kernel-cmdline/range_view.h"

namespace nvresume {

/// Whether a saved session waits in the range: ours, or one of the kernel's own in the swap area.
Result<bool> is_image_pending(RangeView& view);

/// Whether nvresume's superblocks, whole or damaged, lie there. Error: kIoError.
Result<bool> is_range_ours(RangeView& view);

/// Zeros in the first and last MiB, where every signature is that check_blank() looks for.
Status wipe_ends(Nvm& nvm);

/// Superblocks first (each copy flushed), then the swap signature, then all the rest: saved
/// sessions lie there in clear, and setup takes only what is blank. Blocks that are zero already
/// are not written. A cut anywhere leaves no image and no swap area, or the old ones; doing it
/// again goes on.
Status wipe_range(Nvm& image, Nvm& swap);

}  // namespace nvresume
