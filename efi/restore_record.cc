// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/restore_record.h"

#include <string.h>

namespace nvresume::efi {
namespace {

constexpr uint64_t kPhysicalLimit = uint64_t{1} << 52;     // Intel SDM volume 3, 4.1.4: MAXPHYADDR
constexpr uint64_t kKernelTextStart = 0xffffffff80000000;  // Documentation/x86/x86_64/mm.rst

Error bad(std::string_view field, uint64_t value) {
  return std::move(
      Error(Reason::kStreamCorrupt, "restore record: ").with(field).with(" ").with_hex(value));
}

}  // namespace

Result<RestoreRecord> read_restore_record(ConstBytes first_page) {
  if (first_page.size() < sizeof(RestoreRecord)) return bad("size", first_page.size());
  RestoreRecord record;
  memcpy(&record, first_page.data(), sizeof record);
  if (record.magic != kRestoreMagic) return bad("magic", record.magic);
  // The jump goes through one large page of ours, which must lead where the kernel's own tables do.
  if (record.jump_address < kKernelTextStart) return bad("jump address", record.jump_address);
  if (record.jump_address_phys >= kPhysicalLimit ||
      record.jump_address % kLargePageBytes != record.jump_address_phys % kLargePageBytes)
    return bad("physical jump address", record.jump_address_phys);
  if (record.cr3 == 0 || record.cr3 % 4096 != 0 || record.cr3 >= kPhysicalLimit)
    return bad("cr3", record.cr3);
  return record;
}

}  // namespace nvresume::efi
