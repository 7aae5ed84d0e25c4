// SPDX-License-Identifier: GPL-2.0-or-later
// pace.h: so many bytes a second at most, however unevenly the processor is had. Time in which
// nothing came is no credit: what waited would come in one burst.
#pragma once

#include <stdint.h>

#include <algorithm>

namespace nvresume {

class Pace {
 public:
  explicit Pace(uint64_t bytes_per_s) : bytes_per_s_(bytes_per_s) {}

  /// `bytes` had come by `now_ns`: when the next may begin to. A batch counts as having begun no
  /// earlier than its own time ago.
  uint64_t due_ns(uint64_t bytes, uint64_t now_ns) {
    const uint64_t batch_ns = bytes * 1'000'000'000 / bytes_per_s_;
    due_ns_ = std::max(due_ns_, now_ns - std::min(now_ns, batch_ns)) + batch_ns;
    return due_ns_;
  }

 private:
  uint64_t bytes_per_s_;
  uint64_t due_ns_ = 0;
};

}  // namespace nvresume
