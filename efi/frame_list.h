// SPDX-License-Identifier: GPL-2.0-or-later
// frame_list.h: the page-frame list behind the snapshot's first page: which frame each data page
// belongs to, in the stream's order (kernel/power/snapshot.c, pack_pfns). Calls nothing.
#pragma once

#include <stdint.h>

#include <span>

#include "efi/frame_set.h"
#include "image/result.h"

namespace nvresume::efi {

inline constexpr uint64_t kFrameListEnd = ~uint64_t{0};
/// Kernels from 6.7 on list pages of zeros with this bit and leave their data out.
inline constexpr uint64_t kZeroFrameFlag = uint64_t{1} << 63;

constexpr bool is_zero_frame(uint64_t entry) { return (entry & kZeroFrameFlag) != 0; }
constexpr uint64_t frame_of(uint64_t entry) { return entry & ~kZeroFrameFlag; }

/// Cuts the list at its end and enters every frame into `frames`. Errors, kStreamCorrupt: a frame
/// twice, or not `data_pages` entries with data; kFrameNotMemory: a frame beyond the set.
Result<std::span<const uint64_t>> read_frame_list(std::span<const uint64_t> words,
                                                  uint64_t data_pages, FrameSet& frames);

}  // namespace nvresume::efi
