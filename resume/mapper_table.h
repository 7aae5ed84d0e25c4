// SPDX-License-Identifier: GPL-2.0-or-later
// mapper_table.h: a device-mapper table, for the targets that keep every byte in one place.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"

namespace nvresume {

struct MapperTarget {
  uint64_t start_bytes;  ///< on the mapped device
  uint64_t length_bytes;
  dev_t below;           ///< the device it lies on
  uint64_t below_bytes;  ///< where there
};

/// One table line; `parameters` as the kernel prints them. Error: kUnsupportedStorage naming the
/// target type.
Result<MapperTarget> parse_mapper_target(uint64_t start_sector, uint64_t sector_count,
                                         std::string_view type, std::string_view parameters);

/// The active table of a device. Errors: kIoError, kUnsupportedStorage.
Result<std::vector<MapperTarget>> read_mapper_table(dev_t device);

}  // namespace nvresume
