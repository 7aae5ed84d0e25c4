// SPDX-License-Identifier: GPL-2.0-or-later
// save_plan.h: how large everything is that a save allocates before the freeze. It follows from the
// image slot and the settings alone, and stays within a bound however large the machine is.
#pragma once

#include <stdint.h>

#include "resume/save_settings.h"

namespace nvresume {

/// What a save may lock. With the program itself (10 MiB, measured as VmHWM) below 64 MiB.
inline constexpr uint64_t kSaveMemoryBytesMaximum = uint64_t{48} << 20;

struct SavePlan {
  uint32_t chunk_pages;
  uint32_t worker_count;
  uint32_t slot_count;
  uint64_t chunk_limit;      ///< chunks of the largest stream
  uint64_t index_bytes;      ///< header and an entry for each of those
  uint64_t workspace_bytes;  ///< the codec's, a worker

  uint64_t chunk_bytes() const;
  uint64_t worker_bytes() const;
  /// All of it, and the stream thread's spare page.
  uint64_t memory_bytes() const;
};

/// Chunks grow where the index would grow too large, up to kChunkPagesMaximum; then workers are
/// left out. One stays, whatever it takes: with 1 MiB chunks the index alone reaches 32 MiB at 2
/// TiB of memory.
SavePlan plan_save(uint64_t image_slot_bytes, const SaveSettings& settings);

}  // namespace nvresume
