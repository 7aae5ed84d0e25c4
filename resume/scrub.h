// SPDX-License-Identifier: GPL-2.0-or-later
// scrub.h: zeros over what an image left in its slot, once it is none. All of an image lies there:
// frames, index and metadata. The superblock's image_id says whether there may be anything; it goes
// last, so that a scrub that was cut off is begun again by whoever looks next. What is zero already
// is only read.
#pragma once

#include <stdint.h>

#include "image/image_area.h"

namespace nvresume {

/// How far a scrub of one image has come.
struct ScrubPosition {
  uint8_t image_id[16] = {};
  uint64_t done_bytes = 0;     ///< of the slot
  uint64_t written_bytes = 0;  ///< of those, what was not zero
};

/// Scrubs the next `buffer.size()` bytes, or begins again where the slot holds another image by
/// now. True: nothing is left, and the superblock says so. Between two calls anything may be saved;
/// during one nobody else may write. Error: kNotDropped where the slot belongs to an image or a
/// save. REQUIRES: `zeros` are as many zero bytes as `buffer`, both whole blocks.
Result<bool> scrub_step(Nvm& area, ScrubPosition& position, Bytes buffer, ConstBytes zeros);

}  // namespace nvresume
