// SPDX-License-Identifier: GPL-2.0-or-later
// range_use.h: whether somebody else uses the NVM that setup is about to take.
#pragma once

#include "image/result.h"
#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

/// Looks at every libnvdimm namespace that overlaps the range: a raw one whose disk nobody mounts,
/// swaps to or builds on is free. Error kRangeTaken names the namespace and its use.
Status check_range_unused(const NvmRange& range);

}  // namespace nvresume
