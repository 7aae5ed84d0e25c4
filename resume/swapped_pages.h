// SPDX-License-Identifier: GPL-2.0-or-later
// swapped_pages.h: asks the kernel which pages of the processes lie in swap right now
// (/proc/PID/smaps and pagemap). Memory that processes share (tmpfs, shmem) has no trace there.
#pragma once

#include "resume/swap_runs.h"

namespace nvresume {

struct SwapLook {
  SwapRuns runs;
  bool whole = true;  ///< nothing was left out because the deadline had come
};

/// Of every process but this one, up to `deadline_ns` (clock_ns()); at most kSwapRunsMaximum runs.
SwapLook find_swapped_pages(uint64_t deadline_ns);

/// The pages of `run` that are in swap right now; at most 2 * kSwapRunsMaximum runs.
SwapRuns swapped_part(const SwapRun& run);

}  // namespace nvresume
