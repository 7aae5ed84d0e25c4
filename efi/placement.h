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
  std::span<const uint64_t> targets;  ///< inside `plan`: one address for each data page
  uint64_t direct_pages = 0;
  uint64_t late_pages = 0;
  uint64_t zero_pages = 0;
};

/// Memory the stage needs for each page of the image, at most: 8 bytes of frame list, which become
/// its target; 8 bytes a chunk of 16 pages or more; a bit for each page of memory, of which the
/// image is at least a sixtieth. Where firmware has not that much left, the resume is refused.
inline constexpr uint64_t kPlanBytesPerPageMaximum = 16;

/// `plan` is the frame list; the targets overwrite it from the front, in the stream's order: there
/// is never a target for a page whose entry was not read. `claimed` is what the stage owns,
/// `usable` what may be written at all. Pages of zeros are cleared here, or copied late from one
/// zeroed page. Errors: kFrameNotMemory naming the frame, kNoSafeMemory.
Result<Placement> place_pages(std::span<uint64_t> plan, const RunList& usable,
                              const RunList& claimed, SafePages& safe, LateList& late);

}  // namespace nvresume::efi
