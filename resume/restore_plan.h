// SPDX-License-Identifier: GPL-2.0-or-later
// restore_plan.h: how large everything is that a restore locks. The index grows with the image;
// what is left of the bound beside it says how many workers there can be.
#pragma once

#include <stdint.h>

namespace nvresume {

/// With the program itself (10 MiB, measured as VmHWM) below 64 MiB.
inline constexpr uint64_t kRestoreMemoryBytesMaximum = uint64_t{48} << 20;

struct RestorePlan {
  uint32_t worker_count;
  uint64_t frame_bytes;  ///< the largest chunk

  uint32_t slot_count() const;
  /// A chunk, and fill values and bitmap of a compressed one behind it.
  uint64_t slot_bytes() const;
  uint64_t worker_bytes() const;
  /// All slots, the leading thread's own, its spare page, and the workers'.
  uint64_t memory_bytes() const;
};

/// At most `wanted` workers, at least 1, beside an index of that size. Chunks are taken as the
/// largest there are: only the index knows better, and it is not read yet.
uint32_t restore_worker_count(uint64_t index_bytes, uint32_t wanted);

}  // namespace nvresume
