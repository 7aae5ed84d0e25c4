// SPDX-License-Identifier: GPL-2.0-or-later
// allocation_time.h: how long the kernel took to allocate memory inside SNAPSHOT_CREATE_IMAGE. The
// ioctl tells nothing; the kernel log has a line, with its time, where the allocation begins and
// ends.
#pragma once

#include <stdint.h>

#include <optional>
#include <string_view>

namespace nvresume {

class AllocationTime {
 public:
  /// A record of /dev/kmsg: "6,1234,5678901,-;PM: hibernation: Preallocating image memory".
  void take(std::string_view record);

  /// Memory for the copy, whatever had to be swapped out for it. 0 where no line told.
  uint64_t duration_ns() const;

 private:
  std::optional<uint64_t> begin_us_, end_us_;
};

}  // namespace nvresume
