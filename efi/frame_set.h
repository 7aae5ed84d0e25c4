// SPDX-License-Identifier: GPL-2.0-or-later
// frame_set.h: which page frames the image needs, one bit each. Calls nothing.
#pragma once

#include <stdint.h>

#include <span>

namespace nvresume::efi {

class FrameSet {
 public:
  /// Words of storage for frames [0, frame_count).
  static uint64_t words_for(uint64_t frame_count) { return (frame_count + 63) / 64; }
  /// `words` is zeroed here.
  explicit FrameSet(std::span<uint64_t> words) : words_(words) {
    for (uint64_t& word : words_) word = 0;
  }

  uint64_t limit() const { return words_.size() * 64; }
  /// False where the frame is beyond the set.
  bool add(uint64_t frame) {
    if (frame >= limit()) return false;
    words_[frame / 64] |= uint64_t{1} << (frame % 64);
    return true;
  }
  bool has(uint64_t frame) const {
    return frame < limit() && ((words_[frame / 64] >> (frame % 64)) & 1) != 0;
  }

 private:
  std::span<uint64_t> words_;
};

}  // namespace nvresume::efi
