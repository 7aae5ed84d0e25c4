// SPDX-License-Identifier: GPL-2.0-or-later
// fs_region.h: the parts of a file system that no mount leaves as they were, a read-only mount that
// replays a journal included. A hash over them proves that nobody mounted it.
#pragma once

#include <string_view>
#include <vector>

#include "image/result.h"
#include "resume/direct_file.h"

namespace nvresume {

/// Ranges of `disk` (the file system's own device), widened to whole 4 KiB blocks, in order.
/// `type` as mountinfo names it. Errors: kUnsupportedStorage (a type or variant whose changes
/// cannot be proven), kIoError.
Result<std::vector<ByteRange>> find_fs_region(std::string_view type, DirectFile& disk);

/// Whether the region has to be found again after the freeze: a log head moves with every commit.
bool region_moves(std::string_view type);

// By file system.
Result<std::vector<ByteRange>> find_ext4_region(DirectFile& disk);
Result<std::vector<ByteRange>> find_xfs_region(DirectFile& disk);
Result<std::vector<ByteRange>> find_btrfs_region(DirectFile& disk);
Result<std::vector<ByteRange>> find_fat_region(DirectFile& disk);

/// Widens to whole blocks, cuts at the disk's end, joins ranges that touch.
std::vector<ByteRange> tidy_ranges(const std::vector<ByteRange>& ranges, uint64_t disk_bytes);

inline Error not_a(std::string_view type) {
  return Error(Reason::kUnsupportedStorage, "no ").with(type).with(" file system found on it");
}

}  // namespace nvresume
