// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/save_plan.h"

#include "image/chunk_index.h"
#include "image/media.h"

namespace nvresume {
namespace {

/// Reached at 64 GiB of stream in 64-page chunks; half of it would double every chunk beyond.
constexpr uint64_t kIndexBytesWanted = uint64_t{8} << 20;

/// Two chunks a worker in flight and two on either side of the stream thread.
uint32_t slot_count_of(uint32_t worker_count) { return 2 * worker_count + 4; }

/// Chunks of the largest stream: as many data pages as the slot holds raw (it is sized for half of
/// memory, and no snapshot is larger), their frame list of 1/512, and a partial chunk of each kind.
uint64_t chunk_limit_of(uint64_t slot_bytes, uint32_t chunk_pages) {
  const uint64_t chunks = slot_bytes / (chunk_pages * uint64_t{kPageBytes});
  return chunks + chunks / 512 + 4;
}

SavePlan plan_with(uint64_t slot_bytes, const SaveSettings& settings, uint32_t chunk_pages) {
  const uint64_t chunk_limit = chunk_limit_of(slot_bytes, chunk_pages);
  return {chunk_pages,
          settings.worker_count,
          slot_count_of(settings.worker_count),
          chunk_limit,
          whole_blocks(sizeof(ChunkIndexHeader) + chunk_limit * sizeof(ChunkEntry)),
          whole_blocks(FrameEncoder::workspace_bytes(settings.level, chunk_pages))};
}

}  // namespace

uint64_t SavePlan::chunk_bytes() const { return chunk_pages * uint64_t{kPageBytes}; }

/// The codec, a frame, and the pages of a chunk that are not same-filled.
uint64_t SavePlan::worker_bytes() const { return workspace_bytes + 2 * chunk_bytes(); }

uint64_t SavePlan::memory_bytes() const {
  return kPageBytes + index_bytes + slot_count * chunk_bytes() + worker_count * worker_bytes();
}

SavePlan plan_save(uint64_t image_slot_bytes, const SaveSettings& settings) {
  SavePlan plan = plan_with(image_slot_bytes, settings, settings.chunk_pages);
  while (plan.index_bytes > kIndexBytesWanted && plan.chunk_pages * 2 <= kChunkPagesMaximum)
    plan = plan_with(image_slot_bytes, settings, plan.chunk_pages * 2);
  while (plan.memory_bytes() > kSaveMemoryBytesMaximum && plan.worker_count > 1)
    plan.slot_count = slot_count_of(--plan.worker_count);
  return plan;
}

}  // namespace nvresume
