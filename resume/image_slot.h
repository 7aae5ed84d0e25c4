// SPDX-License-Identifier: GPL-2.0-or-later
// image_slot.h: the part of the image area that holds frames, index and metadata: bounds-checked
// access by slot offset, from several threads at once where the Nvm allows it.
#pragma once

#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"
#include "image/superblock.h"

namespace nvresume {

class ImageSlot {
 public:
  /// `area` is the image area and must outlive the object.
  ImageSlot(Nvm& area, const Superblock& superblock)
      : area_(&area), start_(superblock.slot_offset_bytes), size_(superblock.slot_bytes) {}

  uint64_t size_bytes() const { return size_; }
  Status read(uint64_t offset_bytes, Bytes out) const;
  Status write(uint64_t offset_bytes, ConstBytes in) const;
  /// Reads back what was stored and compares, through `buffer` (whole blocks). Error: kVerifyFailed
  /// naming `what`. `stored` is padded to whole blocks.
  Status verify(uint64_t offset_bytes, ConstBytes stored, Bytes buffer,
                std::string_view what) const;
  Status flush() const { return area_->flush(); }

  /// The whole image area, for what addresses it by extents.
  Nvm& area() const { return *area_; }

 private:
  Status check_bounds(uint64_t offset_bytes, uint64_t length_bytes) const;

  Nvm* area_;
  uint64_t start_;
  uint64_t size_;
};

}  // namespace nvresume
