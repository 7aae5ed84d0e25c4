// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/restore_plan.h"

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {

/// Two chunks a worker in flight and two on either side of the stream thread.
uint32_t RestorePlan::slot_count() const { return 2 * worker_count + 4; }

uint64_t RestorePlan::slot_bytes() const {
  return frame_bytes + whole_blocks(kPrologueBytesMaximum);
}

uint64_t RestorePlan::worker_bytes() const {
  return whole_blocks(FrameDecoder::workspace_bytes()) + frame_bytes;
}

uint64_t RestorePlan::memory_bytes() const {
  return (slot_count() + 1) * slot_bytes() + kPageBytes + worker_count * worker_bytes();
}

uint32_t restore_worker_count(uint64_t index_bytes, uint32_t wanted) {
  RestorePlan plan{wanted, kFrameBytesMaximum};
  while (plan.worker_count > 1 && index_bytes + plan.memory_bytes() > kRestoreMemoryBytesMaximum)
    --plan.worker_count;
  return plan.worker_count;
}

}  // namespace nvresume
