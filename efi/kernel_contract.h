// SPDX-License-Identifier: GPL-2.0-or-later
// kernel_contract.h: the kernels whose snapshot stream and entry are known to be what this stage
// implements. A kernel is added when it was restored directly in a test. Calls nothing.
#pragma once

#include <stdint.h>

#include <string_view>

#include "image/result.h"

namespace nvresume::efi {

struct KernelContract {
  std::string_view release_prefix;  ///< of uname -r, up to and with a separator
  std::string_view tried_with;      ///< what was tried
};

/// Error: kKernelUntried naming the release.
Status check_kernel_contract(std::string_view release);

}  // namespace nvresume::efi
