// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/restore_record.h"

#include <gtest/gtest.h>

#include "image/media.h"

namespace nvresume::efi {
namespace {

RestoreRecord good() { return {0xffffffff9a6b5123, 0x1a6b5123, 0x12345000, kRestoreMagic, 7}; }
Reason reason_of(const RestoreRecord& record) {
  auto read = read_restore_record(bytes_of(record));
  return read.ok() ? Reason::kNone : read.error().reason();
}

TEST(RestoreRecordTest, AKernelsRecordIsRead) { EXPECT_EQ(reason_of(good()), Reason::kNone); }

TEST(RestoreRecordTest, AnotherMagicIsRefused) {
  RestoreRecord record = good();
  record.magic ^= 1;
  EXPECT_EQ(reason_of(record), Reason::kStreamCorrupt);
}

TEST(RestoreRecordTest, AJumpPageWithAnotherOffsetIsRefused) {
  RestoreRecord record = good();
  record.jump_address_phys += 4096;
  EXPECT_EQ(reason_of(record), Reason::kStreamCorrupt);
}

TEST(RestoreRecordTest, AnAddressOutsideTheKernelsTextIsRefused) {
  RestoreRecord record = good();
  record.jump_address = record.jump_address_phys;
  EXPECT_EQ(reason_of(record), Reason::kStreamCorrupt);
}

TEST(RestoreRecordTest, ACr3ThatIsNoPageIsRefused) {
  for (const uint64_t cr3 : {uint64_t{0}, uint64_t{0x12345001}, uint64_t{1} << 52}) {
    RestoreRecord record = good();
    record.cr3 = cr3;
    EXPECT_EQ(reason_of(record), Reason::kStreamCorrupt) << cr3;
  }
}

TEST(RestoreRecordTest, AShortPageIsRefused) {
  const RestoreRecord record = good();
  EXPECT_FALSE(read_restore_record(bytes_of(record).first(16)).ok());
}

}  // namespace
}  // namespace nvresume::efi
