// SPDX-License-Identifier: GPL-2.0-or-later
// frame_pages.h: the pages of one decoded frame, in order, each where it happens to lie. Whoever
// hands pages on one by one needs no buffer in which all of them are in their place.
#pragma once

#include <stdint.h>
#include <string.h>

#include "image/chunk_index.h"
#include "image/frame_layout.h"

namespace nvresume {

class FramePages {
 public:
  struct Page {
    const uint8_t* bytes;  ///< null: `fill`, again and again
    uint64_t fill;
  };

  FramePages() = default;
  /// `prologue` as docs/format.md has it, checked; `others`: the pages that are not same-filled.
  FramePages(const uint8_t* prologue, uint32_t same_pages, const uint8_t* others)
      : fills_(prologue),
        bitmap_(same_pages == 0 ? nullptr : prologue + same_pages * 8),
        prologue_bytes_(frame_prologue_bytes(same_pages)),
        others_(others) {}

  /// REQUIRES: called once a page of the chunk at most.
  Page next() {
    const uint32_t page = page_++;
    if (bitmap_ != nullptr && ((bitmap_[page / 8] >> (page % 8)) & 1) != 0) {
      Page same{nullptr, 0};
      memcpy(&same.fill, fills_, sizeof(same.fill));
      fills_ += sizeof(same.fill);
      return same;
    }
    const uint8_t* bytes = others_;
    others_ += kPageBytes;
    return {bytes, 0};
  }

  /// Copies fill values and bitmap to `place`, so that the frame they were read from may go.
  /// REQUIRES: before the first next(); kPrologueBytesMaximum of room.
  void keep_prologue(uint8_t* place) {
    memcpy(place, fills_, prologue_bytes_);
    if (bitmap_ != nullptr) bitmap_ = place + (bitmap_ - fills_);
    fills_ = place;
  }

 private:
  const uint8_t* fills_ = nullptr;
  const uint8_t* bitmap_ = nullptr;  ///< null: no page is same-filled
  uint32_t prologue_bytes_ = 0;
  const uint8_t* others_ = nullptr;
  uint32_t page_ = 0;
};

}  // namespace nvresume
