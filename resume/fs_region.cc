// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/fs_region.h"

#include <algorithm>

namespace nvresume {
namespace {

constexpr uint64_t kReadOnlyRegionBytes = 128 * 1024;  // covers ISO 9660's descriptors at 32 KiB

struct FsType {
  std::string_view name;
  Result<std::vector<ByteRange>> (*find)(DirectFile&);
};

/// Formats that nothing can write in place: the start only tells that it is the same medium.
Result<std::vector<ByteRange>> find_read_only_region(DirectFile&) {
  return std::vector<ByteRange>{{0, kReadOnlyRegionBytes}};
}

constexpr FsType kFsTypes[] = {
    {"ext4", find_ext4_region},          {"ext3", find_ext4_region},
    {"ext2", find_ext4_region},          {"xfs", find_xfs_region},
    {"btrfs", find_btrfs_region},        {"vfat", find_fat_region},
    {"msdos", find_fat_region},          {"iso9660", find_read_only_region},
    {"squashfs", find_read_only_region}, {"erofs", find_read_only_region},
};

}  // namespace

std::vector<ByteRange> tidy_ranges(const std::vector<ByteRange>& ranges, uint64_t disk_bytes) {
  std::vector<ByteRange> tidy;
  for (const ByteRange& range : ranges) {
    const uint64_t start = range.offset_bytes / kBlockBytes * kBlockBytes;
    const uint64_t end = std::min(
        (range.offset_bytes + range.length_bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes,
        disk_bytes);
    if (end <= start) continue;
    const bool touches = !tidy.empty() && start >= tidy.back().offset_bytes &&
                         start <= tidy.back().offset_bytes + tidy.back().length_bytes;
    if (touches)
      tidy.back().length_bytes = std::max(end - tidy.back().offset_bytes, tidy.back().length_bytes);
    else
      tidy.push_back({start, end - start});
  }
  return tidy;
}

Result<std::vector<ByteRange>> find_fs_region(std::string_view type, DirectFile& disk) {
  for (const FsType& known : kFsTypes) {
    if (known.name != type) continue;
    NVRESUME_ASSIGN(const std::vector<ByteRange> ranges, known.find(disk));
    return tidy_ranges(ranges, disk.size_bytes());
  }
  return Error(Reason::kUnsupportedStorage, "no way is known to prove a ")
      .with(type)
      .with(" file system unchanged");
}

bool region_moves(std::string_view type) { return type == "xfs"; }

}  // namespace nvresume
