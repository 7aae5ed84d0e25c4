// SPDX-License-Identifier: GPL-2.0-or-later
// snapshot_log.h: what the kernel did inside SNAPSHOT_CREATE_IMAGE, and for how long. The ioctl
// tells nothing; the kernel log has a line, with its time, where each part begins and ends.
#pragma once

#include <stdint.h>

#include <optional>
#include <string_view>

#include "resume/unique_fd.h"

namespace nvresume {

class SnapshotTimes {
 public:
  /// A record of /dev/kmsg: "6,1234,5678901,-;PM: hibernation: Creating image:".
  void take(std::string_view record);

  /// Memory for the copy, whatever had to be swapped out for it. 0 where no line told.
  uint64_t allocate_ns() const { return allocate_.duration_ns(); }
  /// Every page to its copy, interrupts off.
  uint64_t copy_ns() const { return copy_.duration_ns(); }

 private:
  struct Span {
    std::optional<uint64_t> begin_us, end_us;
    uint64_t duration_ns() const {
      return begin_us && end_us && *end_us > *begin_us ? (*end_us - *begin_us) * 1000 : 0;
    }
  };
  Span allocate_;
  Span copy_;
};

class SnapshotLog {
 public:
  /// Stands behind the newest record. Works, and tells nothing, without /dev/kmsg.
  SnapshotLog();
  /// What came since. Allocates nothing.
  SnapshotTimes read();

 private:
  UniqueFd fd_;
  char record_[8192];  ///< CONSOLE_EXT_LOG_MAX: a smaller buffer is refused
};

}  // namespace nvresume
