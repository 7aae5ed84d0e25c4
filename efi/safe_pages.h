// SPDX-License-Identifier: GPL-2.0-or-later
// safe_pages.h: pages the stage owns and no page of the image needs. What is used while the image's
// last pages are copied lies in such pages. Calls nothing.
#pragma once

#include <stdint.h>

#include "efi/frame_set.h"
#include "efi/memory_runs.h"
#include "image/result.h"

namespace nvresume::efi {

class SafePages {
 public:
  /// `claimed` is the stage's, `wanted` the image's; both outlive this.
  SafePages(std::span<const Run> claimed, const FrameSet& wanted)
      : claimed_(claimed), wanted_(&wanted) {}

  /// The next page, ascending: the first ones lie lowest. Its content is whatever it was.
  /// Error: kNoSafeMemory.
  Result<uint64_t> take();
  /// As take(), but below 4 GiB: code that runs without paging lies there. REQUIRES: called before
  /// the low pages are used up.
  Result<uint64_t> take_low();

 private:
  std::span<const Run> claimed_;
  const FrameSet* wanted_;
  uint32_t run_ = 0;
  uint64_t offset_bytes_ = 0;
};

}  // namespace nvresume::efi
