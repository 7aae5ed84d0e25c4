// SPDX-License-Identifier: GPL-2.0-or-later
// swap_signature.h: the last 10 bytes of the swap area's first page. ULSUSPEND there while an image
// is committed is the system-wide sign that swapping would destroy a saved session: swapon(8) and
// blkid(8) know it, and a swapon that ignores the session rewrites it, which makes ours stale.
#pragma once

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

enum class SwapSignature : uint8_t {
  kNone,    ///< not a swap area
  kSwap,    ///< SWAPSPACE2: ordinary
  kUser,    ///< ULSUSPEND: our image is pending
  kKernel,  ///< S1SUSPEND: an in-kernel hibernation image is on the swap area
};

/// `swap` is the swap area, offset 0 its first page.
Result<SwapSignature> read_swap_signature(Nvm& swap);
/// Replaces only the signature bytes and flushes. Refuses (kNoSwap) when the page carries none, so
/// that it never makes a swap area out of something else.
Status write_swap_signature(Nvm& swap, SwapSignature signature);
/// ULSUSPEND, or what a power cut inside its store left (half of it, which no program takes for
/// swap), becomes SWAPSPACE2; anything else is not ours and stays.
Status withdraw_swap_signature(Nvm& swap);

}  // namespace nvresume
