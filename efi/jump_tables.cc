// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/jump_tables.h"

#include <string.h>

namespace nvresume::efi {
namespace {

// Intel SDM volume 3, 4.5, tables 4-14 to 4-20.
constexpr uint64_t kPresent = 1;
constexpr uint64_t kWritable = 2;
constexpr uint64_t kLargePage = 0x80;
constexpr uint64_t kTable = kPresent | kWritable;
constexpr uint64_t kAddressMask = 0x000ffffffffff000;
constexpr int kLevel4Shift = 39;
constexpr int kLevel3Shift = 30;
constexpr int kLevel2Shift = 21;
constexpr uint64_t kHalfOf48Bits = uint64_t{1} << 47;

uint64_t* table_at(uint64_t address) { return reinterpret_cast<uint64_t*>(address); }
uint64_t index_of(uint64_t address, int shift) { return (address >> shift) & 511; }

Result<uint64_t> new_table(SafePages& safe) {
  NVRESUME_ASSIGN(uint64_t page, safe.take_low());
  memset(table_at(page), 0, kEfiPageBytes);
  return page;
}

/// The table below `entry`, made where there is none.
Result<uint64_t> next_table(SafePages& safe, uint64_t& entry) {
  if ((entry & kPresent) != 0) return entry & kAddressMask;
  NVRESUME_ASSIGN(uint64_t page, new_table(safe));
  entry = page | kTable;
  return page;
}

Status map_large_page(SafePages& safe, uint64_t root, uint64_t at, uint64_t physical) {
  NVRESUME_ASSIGN(uint64_t level3, next_table(safe, table_at(root)[index_of(at, kLevel4Shift)]));
  NVRESUME_ASSIGN(uint64_t level2, next_table(safe, table_at(level3)[index_of(at, kLevel3Shift)]));
  table_at(level2)[index_of(at, kLevel2Shift)] = physical | kTable | kLargePage;
  return ok_status();
}

}  // namespace

Result<JumpTables> build_jump_tables(SafePages& safe, uint64_t limit_bytes,
                                     const RestoreRecord& record) {
  if (limit_bytes > kHalfOf48Bits)
    return std::move(Error(Reason::kUnsupportedFirmware, "memory up to ").with_hex(limit_bytes));
  NVRESUME_ASSIGN(uint64_t root, new_table(safe));
  for (uint64_t address = 0; address < limit_bytes; address += kLargePageBytes)
    NVRESUME_TRY(map_large_page(safe, root, address, address));
  const uint64_t offset_mask = kLargePageBytes - 1;
  NVRESUME_TRY(map_large_page(safe, root, record.jump_address & ~offset_mask,
                              record.jump_address_phys & ~offset_mask));
  // 57-bit addresses: the lowest entry for what is mapped to itself, the highest for the kernel.
  NVRESUME_ASSIGN(uint64_t root_5, new_table(safe));
  table_at(root_5)[0] = root | kTable;
  table_at(root_5)[511] = root | kTable;
  return JumpTables{root, root_5};
}

}  // namespace nvresume::efi
