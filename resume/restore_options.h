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
  uint32_t witness_timeout_ms = 10'000;  ///< for a disk that is slow to appear, all together
};

extern const char kRestoreUsage[];

/// args[0] is the command's name. Error: kBadArgument.
Result<RestoreOptions> parse_restore_options(std::span<char* const> args);

}  // namespace nvresume
