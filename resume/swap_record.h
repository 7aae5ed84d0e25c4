// SPDX-License-Identifier: GPL-2.0-or-later
// swap_record.h: what a save swapped out, in the order it went, and what had been in swap before.
// Lies in /run, which is memory and comes back with it: written before the freeze, read by
// `nvresume swapin` in the resumed world.
#pragma once

#include <array>
#include <optional>

#include "image/result.h"
#include "resume/swapped_pages.h"

namespace nvresume {

/// A save swaps out in so many steps and looks after each: the kernel takes the coldest pages
/// first, so that what went last is hottest. Chosen: each look costs about a hundredth of its step.
inline constexpr size_t kSwapSteps = 4;

struct SwapRecord {
  SwapRuns before;                         ///< cold: nobody missed it while the system ran
  std::array<SwapRuns, kSwapSteps> steps;  ///< coldest first
  bool whole = true;  ///< no look was cut short: what is in no list was not in swap then
};

/// `look` after step `step`: what it found beyond `known` went in that step, and is known from now
/// on.
void record_step(SwapRecord& record, size_t step, SwapRuns& known, SwapLook look);

/// Before a save makes room: what an earlier one left names other pages, and whoever still brings
/// those back stops.
void forget_swap_record();
/// Another one for every record that is stored; none where there is no record.
std::optional<uint64_t> swap_record_number();
bool store_swap_record(const SwapRecord& record);
/// Error: Reason::kNone where no save left one, or it is not whole; nothing is wrong then.
Result<SwapRecord> load_swap_record();

}  // namespace nvresume
