// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/page_tables.h"

#include "efi/privileged.h"
#include "efi/processor.h"

namespace nvresume::efi {
namespace {

// Intel SDM volume 3, 4.5 (4-level and 5-level paging).
constexpr uint64_t kPresent = 1;
constexpr uint64_t kWritable = 2;
constexpr uint64_t kLargePage = 0x80;
constexpr uint64_t kAddressMask = 0x000ffffffffff000;

struct Page {
  bool usable = false;
  uint64_t address = 0;  ///< where the looked-up address leads
  uint64_t next = 0;     ///< first address behind this page
};

Page look_up(const PageTableRoot& root, uint64_t address) {
  uint64_t table = root.cr3 & kAddressMask;
  for (int shift = root.five_level ? 48 : 39;; shift -= 9) {
    uint64_t entry = reinterpret_cast<const uint64_t*>(table)[(address >> shift) & 511];
    if ((entry & (kPresent | kWritable)) != (kPresent | kWritable)) return {};
    const bool leaf = shift == 12 || (shift <= 30 && (entry & kLargePage) != 0);
    if (!leaf) {
      table = entry & kAddressMask;
      continue;
    }
    uint64_t size = uint64_t{1} << shift;
    uint64_t page = entry & kAddressMask & ~(size - 1);
    return {true, page + (address & (size - 1)), (address & ~(size - 1)) + size};
  }
}

}  // namespace

PageTableRoot current_page_tables() { return {read_cr3(), (read_cr4() & kCr4La57) != 0}; }

bool is_identity_mapped(const PageTableRoot& root, uint64_t base, uint64_t bytes) {
  // Half of 48 bits: above lie non-canonical addresses.
  if (bytes > (uint64_t{1} << 47) || base > (uint64_t{1} << 47) - bytes) return false;
  for (uint64_t address = base; address < base + bytes;) {
    Page page = look_up(root, address);
    if (!page.usable || page.address != address) return false;
    address = page.next;
  }
  return true;
}

}  // namespace nvresume::efi
