// SPDX-License-Identifier: GPL-2.0-or-later
// placement.h: where each page of the stream is decoded to: its final place where the stage owns
// that, else a safe page, and a late copy. Calls nothing.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/frame_list.h"
#include "efi/late_list.h"
#include "efi/memory_runs.h"
#include "image/result.h"

namespace nvresume::efi {

struct Placement {
  uint64_t direct_pages = 0;
  uint64_t late_pages = 0;
  uint64_t zero_pages = 0;
};

/// Fills `targets`, one address for each data page in the stream's order: 8 bytes a page, and the
/// frame list's 8, are all that is kept. `claimed` is what the stage owns, `usable` what may be
/// written at all. Pages of zeros are cleared here, or copied late from one zeroed page.
/// Errors: kFrameNotMemory naming the frame, kNoSafeMemory.
Result<Placement> place_pages(std::span<const uint64_t> entries, const RunList& usable,
                              const RunList& claimed, SafePages& safe, LateList& late,
                              std::span<uint64_t> targets);

}  // namespace nvresume::efi
