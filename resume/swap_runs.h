// SPDX-License-Identifier: GPL-2.0-or-later
// swap_runs.h: which pages of which processes lie in swap, as runs of neighbours. What a save
// swaps out was mostly touched in one go, and so are its runs.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <vector>

namespace nvresume {

struct SwapRun {
  uint64_t first_page;  ///< address / 4 KiB
  uint32_t page_count;
  uint32_t pid;
};
static_assert(sizeof(SwapRun) == 16);

/// By process, then by address; no two overlap.
using SwapRuns = std::vector<SwapRun>;

/// One list: 2 MiB, chosen; the lists of a save together stay below 16 MiB.
inline constexpr size_t kSwapRunsMaximum = 131072;

/// REQUIRES: behind every page the list has.
void add_page(SwapRuns& runs, uint32_t pid, uint64_t page);
/// The pages of `runs` that are not in `known`.
SwapRuns subtract(const SwapRuns& runs, const SwapRuns& known);
/// The pages that are in either.
SwapRuns unite(const SwapRuns& a, const SwapRuns& b);
/// Closes the smallest gaps until at most `maximum` runs are left, or one a process. The pages in a
/// closed gap were never swapped out: naming them costs a look at each.
void limit_runs(SwapRuns& runs, size_t maximum);
uint64_t page_count(const SwapRuns& runs);

}  // namespace nvresume
