// SPDX-License-Identifier: GPL-2.0-or-later
// frame_layout.h: the parts of one frame, shared by its writer and its reader (docs/format.md,
// "Frame"): fill values, bitmap, body.
#pragma once

#include "image/chunk_index.h"

namespace nvresume {

inline constexpr uint32_t kSameBitmapBytes = kChunkPagesMaximum / 8;

/// Bytes before the body: an 8-byte value for each same-filled page, then which pages those are.
constexpr uint32_t frame_prologue_bytes(uint32_t same_pages) {
  return same_pages == 0 ? 0 : same_pages * 8 + kSameBitmapBytes;
}

inline constexpr uint32_t kPrologueBytesMaximum = frame_prologue_bytes(kChunkPagesMaximum);

/// Bytes the body decodes to.
constexpr uint32_t frame_body_bytes(uint32_t raw_bytes, uint32_t same_pages) {
  return raw_bytes - same_pages * kPageBytes;
}

}  // namespace nvresume
