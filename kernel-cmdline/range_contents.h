// SPDX-License-Identifier: GPL-2.0-or-later
// range_contents.h: what lies in the NVM that setup is about to take, before anything is changed.
#pragma once

#include <string>

#include "image/result.h"
#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

struct RangeContents {
  bool seen = false;  ///< false: no block device shows the range in this boot
  bool ours = false;  ///< nvresume's superblocks
  std::string disk;   ///< "/dev/pmem0"
  std::string found;  ///< "/dev/pmem0 holds ext4"; "" where it is blank or ours
};

/// Error: kIoError.
Result<RangeContents> look_at_range(const NvmRange& range);

}  // namespace nvresume
