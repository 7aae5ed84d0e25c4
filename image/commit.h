// SPDX-License-Identifier: GPL-2.0-or-later
// commit.h: the order of the writes that make, take back and end an image. One place, so that the
// crash test can enumerate every store of every order (docs/format.md, "Orders").
#pragma once

#include "image/image_area.h"
#include "image/swap_signature.h"

namespace nvresume {

/// Chunks, index and metadata are stored and verified by the caller.
/// flush -> signature ULSUSPEND -> flush -> COMMITTED in both copies.
Status commit_image(ImageArea& area, Nvm& swap, const Extent& metadata, const Extent& index);

/// The one way back after a commit: FAILED(reason) in both copies, signature SWAPSPACE2, flushed
/// and read back. On error the caller must never thaw.
Status take_back_image(ImageArea& area, Nvm& swap, Reason reason);

/// In the resumed world: signature SWAPSPACE2, then EMPTY.
Status finish_resume(ImageArea& area, Nvm& swap);

/// A normal boot was decided: a COMMITTED image becomes FAILED(reason) in both copies; then a
/// ULSUSPEND signature becomes SWAPSPACE2. Does nothing where no image is pending.
Status drop_image(ImageArea& area, Nvm& swap, Reason reason);

/// Whether the pair and the signature together are a valid image. Errors: kNoImage, kSaveCutShort,
/// kConsumed, kStaleSwapSignature, kAttemptLimit; a FAILED image gives its recorded reason.
Status check_image_pending(const ImageArea& area, Nvm& swap);
/// That is, for the next boot. The same in boot number `this_boot`, whose own attempt, if it is
/// counted already, does not count against the limit.
Status check_image_pending(const ImageArea& area, Nvm& swap, uint64_t this_boot);

}  // namespace nvresume
