// SPDX-License-Identifier: GPL-2.0-or-later
// machine.h: the facts about this machine that an image's metadata records.
#pragma once

#include <vector>

#include "image/metadata.h"
#include "image/result.h"

namespace nvresume {

/// Fills host, kernel, ids, memory, CPUs, product; leaves the rest of the header alone. A fact that
/// cannot be read stays empty.
void describe_machine(MetadataHeader& header);
/// /sys/firmware/memmap, sorted by start.
Result<std::vector<MapRange>> read_firmware_map();
/// /sys/firmware/efi/runtime-map, sorted by start; empty where the kernel has none.
Result<std::vector<MapRange>> read_runtime_map();

}  // namespace nvresume
