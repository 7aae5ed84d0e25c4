// SPDX-License-Identifier: GPL-2.0-or-later
// stopped_clock.h: how long the kernel's clock stood still. It does while the snapshot is copied,
// page by page with interrupts off: CLOCK_MONOTONIC leaves that out, and so do the kernel log's
// times where they come from it. The processor's counter goes on.
#pragma once

#include <stdint.h>
#include <x86intrin.h>

#include "resume/phase_clock.h"

namespace nvresume {

struct ClockPair {
  uint64_t monotonic_ns;
  uint64_t counter;

  static ClockPair now() { return {clock_ns(), __rdtsc()}; }
};

/// Nanoseconds by which the counter ran ahead from `before` to `after`, at the rate it had from
/// `start` to `before`. 0 where it did not, or nothing can be told.
uint64_t stopped_ns(const ClockPair& start, const ClockPair& before, const ClockPair& after);

}  // namespace nvresume
