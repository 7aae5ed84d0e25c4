// SPDX-License-Identifier: GPL-2.0-or-later
// ext2/3/4: superblock, and the journal's superblock behind inode 8. Layout: the kernel's
// Documentation/filesystems/ext4 ("Super Block", "Extent Tree", "Journal").
#include <stddef.h>
#include <string.h>

#include "resume/fs_region.h"

namespace nvresume {
namespace {

constexpr uint64_t kSuperblockOffset = 1024;
constexpr uint16_t kMagic = 0xEF53;
constexpr uint16_t kExtentMagic = 0xF30A;
constexpr uint8_t kJournalMagic[4] = {0xC0, 0x3B, 0x39, 0x98};  // big-endian on disk
constexpr uint32_t kCompatHasJournal = 0x4;
constexpr uint32_t kIncompat64Bit = 0x80;
constexpr uint32_t kInodeFlagExtents = 0x80000;
constexpr uint16_t kExtentDepthMaximum = 5;  // what the kernel allows

/// The fields used, at their offsets.
struct Super {
  uint8_t unused1[20];
  uint32_t first_data_block;
  uint32_t log_block_size;
  uint8_t unused2[12];
  uint32_t inodes_per_group;
  uint8_t unused3[12];
  uint16_t magic;
  uint8_t unused4[18];
  uint32_t revision;
  uint8_t unused5[8];
  uint16_t inode_size;
  uint16_t block_group;
  uint32_t compat;
  uint32_t incompat;
  uint8_t unused6[124];
  uint32_t journal_inode;
  uint32_t journal_device;
  uint8_t unused7[22];
  uint16_t descriptor_size;
};
static_assert(offsetof(Super, inodes_per_group) == 40);
static_assert(offsetof(Super, magic) == 56);
static_assert(offsetof(Super, inode_size) == 88);
static_assert(offsetof(Super, incompat) == 96);
static_assert(offsetof(Super, journal_inode) == 224);
static_assert(offsetof(Super, descriptor_size) == 254);

struct Inode {
  uint8_t unused[32];
  uint32_t flags;
  uint8_t unused2[4];
  uint8_t block[60];
};
static_assert(offsetof(Inode, block) == 40);

struct ExtentHeader {
  uint16_t magic;
  uint16_t entries;
  uint16_t maximum;
  uint16_t depth;
  uint32_t generation;
};
/// First entry of a node; leaf and index entries keep the block number differently.
struct ExtentEntry {
  uint32_t first_block;
  uint16_t word2;
  uint16_t word3;
  uint32_t word4;
};
struct ExtentNode {
  ExtentHeader header;
  ExtentEntry first;
};
static_assert(sizeof(ExtentNode) == 24);

uint64_t leaf_block(const ExtentEntry& entry) { return uint64_t{entry.word3} << 32 | entry.word4; }
uint64_t index_block(const ExtentEntry& entry) {
  return uint64_t{entry.word4 & 0xFFFF} << 32 | uint64_t{entry.word3} << 16 | entry.word2;
}

class Ext4 {
 public:
  Ext4(DirectFile& disk, const Super& super)
      : disk_(disk), super_(super), block_bytes_(uint64_t{1024} << super.log_block_size) {}

  uint64_t block_bytes() const { return block_bytes_; }

  Result<uint64_t> journal_block() {
    NVRESUME_ASSIGN(const Inode inode, read_inode(super_.journal_inode));
    if ((inode.flags & kInodeFlagExtents) == 0) {
      uint32_t block = 0;  // direct block 0 of the old map
      ::memcpy(&block, inode.block, sizeof(block));
      return block;
    }
    ExtentNode node;
    ::memcpy(&node, inode.block, sizeof(node));
    return first_block_of(node);
  }

 private:
  Result<Inode> read_inode(uint32_t number) {
    const bool wide = (super_.incompat & kIncompat64Bit) != 0;
    const uint64_t descriptor_bytes = wide ? super_.descriptor_size : 32;
    const uint64_t group = (number - 1) / super_.inodes_per_group;
    const uint64_t descriptor =
        (super_.first_data_block + 1) * block_bytes_ + group * descriptor_bytes;
    NVRESUME_ASSIGN(const uint32_t table_low, disk_.read_as<uint32_t>(descriptor + 8));
    uint64_t table = table_low;
    if (descriptor_bytes >= 64) {
      NVRESUME_ASSIGN(const uint32_t table_high, disk_.read_as<uint32_t>(descriptor + 40));
      table |= uint64_t{table_high} << 32;
    }
    const uint64_t inode_bytes = super_.revision == 0 ? 128 : super_.inode_size;
    const uint64_t index = (number - 1) % super_.inodes_per_group;
    return disk_.read_as<Inode>(table * block_bytes_ + index * inode_bytes);
  }

  Result<uint64_t> first_block_of(ExtentNode node) {
    for (uint16_t depth = 0; depth <= kExtentDepthMaximum; depth++) {
      if (node.header.magic != kExtentMagic || node.header.entries == 0) break;
      if (node.header.depth == 0) return leaf_block(node.first);
      NVRESUME_ASSIGN(node, disk_.read_as<ExtentNode>(index_block(node.first) * block_bytes_));
    }
    return Error(Reason::kUnsupportedStorage, "the journal's extent tree is damaged");
  }

  DirectFile& disk_;
  const Super& super_;
  uint64_t block_bytes_;
};

}  // namespace

Result<std::vector<ByteRange>> find_ext4_region(DirectFile& disk) {
  NVRESUME_ASSIGN(const Super super, disk.read_as<Super>(kSuperblockOffset));
  if (super.magic != kMagic || super.log_block_size > 6 || super.inodes_per_group == 0)
    return not_a("ext4");
  std::vector<ByteRange> ranges = {{kSuperblockOffset, 1024}};
  if ((super.compat & kCompatHasJournal) == 0) return ranges;
  if (super.journal_device != 0 || super.journal_inode == 0)
    return Error(Reason::kUnsupportedStorage, "its journal lies on another device");
  Ext4 ext4(disk, super);
  NVRESUME_ASSIGN(const uint64_t block, ext4.journal_block());
  const uint64_t offset = block * ext4.block_bytes();
  NVRESUME_ASSIGN(const uint32_t magic, disk.read_as<uint32_t>(offset));
  if (::memcmp(&magic, kJournalMagic, sizeof(magic)) != 0)
    return Error(Reason::kUnsupportedStorage, "no journal superblock where the inode points");
  ranges.push_back({offset, 1024});
  return ranges;
}

}  // namespace nvresume
