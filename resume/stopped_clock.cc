// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/stopped_clock.h"

namespace nvresume {

uint64_t stopped_ns(const ClockPair& start, const ClockPair& before, const ClockPair& after) {
  if (before.counter <= start.counter || after.counter <= before.counter) return 0;
  const double ns_per_count = static_cast<double>(before.monotonic_ns - start.monotonic_ns) /
                              static_cast<double>(before.counter - start.counter);
  const double passed_ns = ns_per_count * static_cast<double>(after.counter - before.counter);
  const double told_ns = static_cast<double>(after.monotonic_ns - before.monotonic_ns);
  return passed_ns > told_ns ? static_cast<uint64_t>(passed_ns - told_ns) : 0;
}

}  // namespace nvresume
