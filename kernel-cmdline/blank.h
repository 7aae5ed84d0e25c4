// SPDX-License-Identifier: GPL-2.0-or-later
// blank.h: whether a disk over the NVM holds somebody's data. The one check between a mistyped
// range and a lost file system.
#pragma once

#include <stdint.h>

#include <string>

#include "image/result.h"

namespace nvresume {

/// No signature known to blkid, and nothing but zeros in the first and last MiB, of the disk or of
/// a part of it (`bytes` 0: up to its end). Errors: kNotBlank with what was found and where,
/// kIoError.
Status check_blank(const std::string& path, uint64_t offset_bytes = 0, uint64_t bytes = 0);

}  // namespace nvresume
