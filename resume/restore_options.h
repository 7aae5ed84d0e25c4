// SPDX-License-Identifier: GPL-2.0-or-later
// restore_options.h: the command line of `nvresume restore`.
#pragma once

#include <stdint.h>

#include <span>

#include "image/result.h"

namespace nvresume {

struct RestoreOptions {
  bool help = false;
  bool early = false;  ///< before coldplug: leave it to a later pass if a disk must be read
  /// For disks that are slow to appear, all together. As long as Linux's own libata lets one get
  /// ready after a reset (10 + 10 + 35 + 5 s, ata_eh_reset_timeouts): a disk that spins up late
  /// must not cost the session, while one that is gone delays a boot this long only once.
  uint32_t witness_timeout_ms = 60'000;
};

extern const char kRestoreUsage[];

/// args[0] is the command's name. Error: kBadArgument.
Result<RestoreOptions> parse_restore_options(std::span<char* const> args);

}  // namespace nvresume
