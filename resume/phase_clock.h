// SPDX-License-Identifier: GPL-2.0-or-later
// phase_clock.h: how long each phase of an attempt took, into its record.
#pragma once

#include <stdint.h>
#include <time.h>

#include <string_view>

#include "image/attempt_log.h"

namespace nvresume {

inline uint64_t clock_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec now;
  (void)clock_gettime(clock, &now);  // fails only for an unknown clock
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

class PhaseClock {
 public:
  explicit PhaseClock(AttemptRecord& record) : record_(&record), start_ns_(clock_ns()) {}

  /// Ends the phase `name` that began with the end of the one before; returns its nanoseconds.
  /// `stopped_ns`: how long of it the kernel's clock stood still.
  uint64_t end(std::string_view name, uint64_t stopped_ns = 0) {
    const uint64_t now_ns = clock_ns();
    const uint64_t duration_ns = now_ns - start_ns_ + stopped_ns;
    start_ns_ = now_ns;
    add_phase(*record_, name, duration_ns);
    return duration_ns;
  }

 private:
  AttemptRecord* record_;
  uint64_t start_ns_;
};

}  // namespace nvresume
