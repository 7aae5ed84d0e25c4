// SPDX-License-Identifier: GPL-2.0-or-later
// boot_option.h: the contents of our Boot#### variable. Apart, because a device path can only be
// made of a real file on a real partition; the unit tests have one of their own.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/result.h"

namespace nvresume {

/// EFI_LOAD_OPTION "nvresume" for the stage on this ESP, where it must be already; the next loader
/// is its optional data.
Result<std::vector<uint8_t>> make_boot_option(const std::string& esp,
                                              const std::string& next_loader);

}  // namespace nvresume
