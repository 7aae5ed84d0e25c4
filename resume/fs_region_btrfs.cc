// SPDX-License-Identifier: GPL-2.0-or-later
// btrfs: the superblock and its copies. Everything else is copy-on-write: without a new superblock
// generation nothing of the old tree changed, tree-log replay on a read-only mount included.
#include <string.h>

#include "resume/fs_region.h"

namespace nvresume {
namespace {

// btrfs on-disk format, "Superblock": primary and mirrors.
constexpr uint64_t kSuperOffsets[] = {64ull << 10, 64ull << 20, 256ull << 30};
constexpr uint64_t kSuperBytes = 4096;
constexpr uint64_t kMagicOffset = 64;

struct Magic {
  char text[8];
};

}  // namespace

Result<std::vector<ByteRange>> find_btrfs_region(DirectFile& disk) {
  NVRESUME_ASSIGN(const Magic magic, disk.read_as<Magic>(kSuperOffsets[0] + kMagicOffset));
  if (::memcmp(magic.text, "_BHRfS_M", sizeof(magic.text)) != 0) return not_a("btrfs");
  std::vector<ByteRange> ranges;
  for (const uint64_t offset : kSuperOffsets)
    if (offset + kSuperBytes <= disk.size_bytes()) ranges.push_back({offset, kSuperBytes});
  return ranges;
}

}  // namespace nvresume
