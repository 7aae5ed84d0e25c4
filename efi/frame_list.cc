// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/frame_list.h"

namespace nvresume::efi {

Result<std::span<const uint64_t>> read_frame_list(std::span<const uint64_t> words,
                                                  uint64_t data_pages, FrameSet& frames) {
  uint64_t count = 0, with_data = 0;
  for (; count < words.size() && words[count] != kFrameListEnd; ++count) {
    const uint64_t frame = frame_of(words[count]);
    if (frames.has(frame))
      return std::move(Error(Reason::kStreamCorrupt, "page frame ")
                           .with_hex(frame)
                           .with(" is in the image twice"));
    if (!frames.add(frame))
      return std::move(Error(Reason::kFrameNotMemory, "page frame ")
                           .with_hex(frame)
                           .with(" lies behind the end of memory"));
    if (!is_zero_frame(words[count])) ++with_data;
  }
  if (with_data != data_pages)
    return std::move(Error(Reason::kStreamCorrupt, "the frame list names ")
                         .with(with_data)
                         .with(" pages, the stream has ")
                         .with(data_pages));
  return words.first(count);
}

}  // namespace nvresume::efi
