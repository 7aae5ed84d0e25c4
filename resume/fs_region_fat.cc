// SPDX-License-Identifier: GPL-2.0-or-later
// FAT: boot sector, FSINFO, first FAT and root directory. There is no journal: a change shows only
// where it allocates or touches the root directory. Layout: Microsoft FAT specification (2005).
#include <string.h>

#include <algorithm>

#include "resume/fs_region.h"

namespace nvresume {
namespace {

/// Chosen: 4 MiB of FAT cover 4 GiB at 4 KiB a cluster, far more than any EFI system partition.
constexpr uint64_t kFatBytesMaximum = 4 << 20;
constexpr uint32_t kRootRangeMaximum = 6;  // with the first range well below kWitnessExtentMaximum
constexpr uint32_t kEndOfChain = 0x0FFFFFF8;

struct RawBoot {
  uint8_t bytes[512];
};
uint32_t little_16(const uint8_t* bytes) { return bytes[0] | uint32_t{bytes[1]} << 8; }
uint32_t little_32(const uint8_t* bytes) { return little_16(bytes) | little_16(bytes + 2) << 16; }

struct Fat {
  uint64_t sector_bytes;
  uint64_t cluster_bytes;
  uint64_t reserved_bytes;
  uint64_t table_bytes;
  uint64_t table_count;
  uint64_t root_bytes;  // 0: FAT32, the root is a cluster chain
  uint32_t root_cluster;

  uint64_t tables_end() const { return reserved_bytes + table_bytes * table_count; }
};

Fat parse(const RawBoot& boot) {
  const uint8_t* bytes = boot.bytes;
  Fat fat{};
  fat.sector_bytes = little_16(bytes + 11);
  fat.cluster_bytes = bytes[13] * fat.sector_bytes;
  fat.reserved_bytes = little_16(bytes + 14) * fat.sector_bytes;
  fat.table_count = bytes[16];
  const uint32_t table_sectors = little_16(bytes + 22);
  const bool is_fat32 = table_sectors == 0;
  fat.table_bytes = (is_fat32 ? little_32(bytes + 36) : table_sectors) * fat.sector_bytes;
  fat.root_bytes = is_fat32 ? 0 : uint64_t{little_16(bytes + 17)} * 32;
  fat.root_cluster = is_fat32 ? little_32(bytes + 44) : 0;
  return fat;
}

bool looks_like_fat(const Fat& fat, const RawBoot& boot) {
  const bool sector_ok = fat.sector_bytes == 512 || fat.sector_bytes == 1024 ||
                         fat.sector_bytes == 2048 || fat.sector_bytes == 4096;
  return sector_ok && boot.bytes[510] == 0x55 && boot.bytes[511] == 0xAA &&
         fat.cluster_bytes != 0 && fat.reserved_bytes != 0 && fat.table_bytes != 0 &&
         fat.table_count != 0;
}

Status add_root_chain(DirectFile& disk, const Fat& fat, std::vector<ByteRange>& ranges) {
  uint32_t cluster = fat.root_cluster;
  for (uint32_t count = 0; count < kRootRangeMaximum; count++) {
    const bool in_table = (uint64_t{cluster} + 1) * 4 <= fat.table_bytes;
    if (cluster < 2 || cluster >= kEndOfChain || !in_table) break;
    ranges.push_back({fat.tables_end() + (cluster - 2) * fat.cluster_bytes, fat.cluster_bytes});
    NVRESUME_ASSIGN(const uint32_t next,
                    disk.read_as<uint32_t>(fat.reserved_bytes + uint64_t{cluster} * 4));
    cluster = next & 0x0FFFFFFF;
  }
  return ok_status();
}

}  // namespace

Result<std::vector<ByteRange>> find_fat_region(DirectFile& disk) {
  NVRESUME_ASSIGN(const RawBoot boot, disk.read_as<RawBoot>(0));
  const Fat fat = parse(boot);
  if (!looks_like_fat(fat, boot)) return not_a("FAT");
  // Boot sector, FSINFO, its backup and the first FAT lie in one stretch.
  std::vector<ByteRange> ranges = {
      {0, fat.reserved_bytes + std::min(fat.table_bytes, kFatBytesMaximum)}};
  if (fat.root_bytes != 0)
    ranges.push_back({fat.tables_end(), fat.root_bytes});
  else
    NVRESUME_TRY(add_root_chain(disk, fat, ranges));
  return ranges;
}

}  // namespace nvresume
