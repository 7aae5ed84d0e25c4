// SPDX-License-Identifier: GPL-2.0-or-later
// blank.h: whether a disk over the NVM holds somebody's data. The one check between a mistyped
// range and a lost file system.
#pragma once

#include <string>

#include "image/result.h"

namespace nvresume {

/// No signature known to blkid, and nothing but zeros in the first and last MiB. Errors: kNotBlank
/// with what was found and where, kIoError.
Status check_blank(const std::string& path);

}  // namespace nvresume
