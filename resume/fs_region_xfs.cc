// SPDX-License-Identifier: GPL-2.0-or-later
// XFS: superblock and the log around its head. Every mount, read-only ones included, writes there:
// recovery clears the blocks behind the head before it replays anything, and a mount that may write
// starts a new record. Layout: "XFS Algorithms & Data Structures" (superblock, journaling log).
#include <string.h>

#include <algorithm>

#include "resume/fs_region.h"

namespace nvresume {
namespace {

constexpr uint64_t kSectorBytes = 512;  // the log's basic block
constexpr uint32_t kRecordMagic = 0xFEEDBABE;
/// In-core log buffers are at most 8 x 256 KiB and usually 8 x 32 KiB, written out of order: the
/// head as found may be off by that much. Chosen for the usual ones.
constexpr uint64_t kAroundHeadBytes = 256 * 1024;

uint32_t big_32(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}
uint64_t big_64(const uint8_t* bytes) { return uint64_t{big_32(bytes)} << 32 | big_32(bytes + 4); }

struct RawSuper {
  uint8_t bytes[kSectorBytes];
};

/// The internal log's place; length 0 where it is external.
ByteRange log_of(const RawSuper& super) {
  const uint64_t block_bytes = big_32(super.bytes + 4);
  const uint64_t start = big_64(super.bytes + 48);
  const uint64_t group_blocks = big_32(super.bytes + 84);
  const uint64_t log_blocks = big_32(super.bytes + 96);
  const uint8_t group_log = super.bytes[124];
  if (start == 0 || group_log > 32) return {0, 0};
  const uint64_t group = start >> group_log;
  const uint64_t in_group = start & ((uint64_t{1} << group_log) - 1);
  return {(group * group_blocks + in_group) * block_bytes, log_blocks * block_bytes};
}

/// Every sector of the log begins with the number of the pass that wrote it; a record's first one
/// has it behind the magic.
Result<uint32_t> cycle_at(DirectFile& disk, uint64_t offset) {
  struct Words {
    uint8_t bytes[8];
  };
  NVRESUME_ASSIGN(const Words words, disk.read_as<Words>(offset));
  const uint32_t first = big_32(words.bytes);
  return first == kRecordMagic ? big_32(words.bytes + 4) : first;
}

/// Bytes into the log where the pass number drops: where the next record goes.
Result<uint64_t> find_head(DirectFile& disk, const ByteRange& log) {
  NVRESUME_ASSIGN(const uint32_t current, cycle_at(disk, log.offset_bytes));
  uint64_t low = 0;  // sector of the current pass
  uint64_t high = log.length_bytes / kSectorBytes;
  while (high - low > 1) {
    const uint64_t middle = low + (high - low) / 2;
    NVRESUME_ASSIGN(const uint32_t cycle, cycle_at(disk, log.offset_bytes + middle * kSectorBytes));
    (cycle == current ? low : high) = middle;
  }
  return high * kSectorBytes % log.length_bytes;
}

/// [head - around, head + around) on a ring.
void add_around(std::vector<ByteRange>& ranges, const ByteRange& log, uint64_t head) {
  if (log.length_bytes <= 2 * kAroundHeadBytes) {
    ranges.push_back(log);
    return;
  }
  const uint64_t begin = (head + log.length_bytes - kAroundHeadBytes) % log.length_bytes;
  const uint64_t first = std::min(2 * kAroundHeadBytes, log.length_bytes - begin);
  ranges.push_back({log.offset_bytes + begin, first});
  if (first < 2 * kAroundHeadBytes)
    ranges.push_back({log.offset_bytes, 2 * kAroundHeadBytes - first});
}

}  // namespace

Result<std::vector<ByteRange>> find_xfs_region(DirectFile& disk) {
  NVRESUME_ASSIGN(const RawSuper super, disk.read_as<RawSuper>(0));
  if (::memcmp(super.bytes, "XFSB", 4) != 0) return not_a("xfs");
  const ByteRange log = log_of(super);
  if (log.length_bytes == 0)
    return Error(Reason::kUnsupportedStorage, "its log lies on another device");
  if (log.offset_bytes + log.length_bytes > disk.size_bytes()) return not_a("xfs");
  NVRESUME_ASSIGN(const uint64_t head, find_head(disk, log));
  std::vector<ByteRange> ranges = {{0, kSectorBytes}};
  add_around(ranges, log, head);
  return ranges;
}

}  // namespace nvresume
