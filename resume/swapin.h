// SPDX-License-Identifier: GPL-2.0-or-later
// swapin.h: after a resume, what the save swapped out comes back into memory while the system
// already runs: hottest first, at a bounded rate, when nobody else wants the processor.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>

#include "image/result.h"
#include "resume/swap_record.h"

namespace nvresume {

/// The order in which pages come back. What is in swap now and was neither there before the save
/// nor seen to go is what the kernel took last of all, after the freeze: it comes first. Where a
/// look was cut short it may as well have been there for days, and comes last.
std::array<SwapRuns, 1 + kSwapSteps> order_of_return(const SwapRecord& record, const SwapRuns& now);

struct SwapinReport {
  uint64_t wanted_pages = 0;  ///< in swap when it began
  uint64_t back_pages = 0;
  uint64_t duration_ns = 0;
  bool short_of_memory = false;  ///< it stopped: more would only push other pages out
};

/// "312 of 340 MiB in 3.1 s".
std::string describe(const SwapinReport& report);
/// In /run, for `nvresume status`.
void store_report(const SwapinReport& report);
std::optional<SwapinReport> load_report();
void forget_report();

/// Pages of `run` that are in swap, into memory and mapped. Returns how many came.
uint64_t bring_back(const SwapRun& run);

/// Of /proc/meminfo: whether so much is available that pages brought in push nothing else out.
bool has_room(std::string_view meminfo);

}  // namespace nvresume
