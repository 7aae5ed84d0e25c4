// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/jump_tables.h"

#include <gtest/gtest.h>

#include <vector>

#include "efi/page_tables.h"
#include "tests/unit/page_arena.h"

namespace nvresume::efi {
namespace {

constexpr RestoreRecord kRecord{0xffffffff9a6b5000, 0x1a6b5000, 0x12345000, kRestoreMagic, 0};

/// Follows the tables as the processor does.
uint64_t translate(uint64_t root, bool five_level, uint64_t address) {
  uint64_t table = root;
  for (int shift = five_level ? 48 : 39; shift > 12; shift -= 9) {
    const uint64_t entry = reinterpret_cast<const uint64_t*>(table)[(address >> shift) & 511];
    if ((entry & 3) != 3) return 0;
    if ((entry & 0x80) != 0) {
      const uint64_t mask = (uint64_t{1} << shift) - 1;
      return (entry & 0x000ffffffffff000 & ~mask) | (address & mask);
    }
    table = entry & 0x000ffffffffff000;
  }
  return 0;
}

class JumpTablesTest : public ::testing::Test {
 protected:
  JumpTablesTest() : words_(FrameSet::words_for(arena_.frame(kPages))), wanted_(words_) {}
  Result<JumpTables> build(uint64_t limit_bytes) {
    SafePages safe(std::span<const efi::Run>(&run_, 1), wanted_);
    return build_jump_tables(safe, limit_bytes, kRecord);
  }

  static constexpr uint64_t kPages = 64;
  PageArena arena_{kPages};
  efi::Run run_ = arena_.run(0, kPages);
  std::vector<uint64_t> words_;
  FrameSet wanted_;
};

TEST_F(JumpTablesTest, MemoryIsMappedToItselfAtBothDepths) {
  constexpr uint64_t kLimit = uint64_t{5} << 30;
  auto tables = build(kLimit);
  ASSERT_TRUE(tables.ok());
  EXPECT_TRUE(is_identity_mapped({tables->root_4_level, false}, 0, kLimit));
  EXPECT_TRUE(is_identity_mapped({tables->root_5_level, true}, 0, kLimit));
}

TEST_F(JumpTablesTest, TheKernelIsEnteredThroughItsOwnAddress) {
  auto tables = build(uint64_t{1} << 30);
  ASSERT_TRUE(tables.ok());
  EXPECT_EQ(translate(tables->root_4_level, false, kRecord.jump_address),
            kRecord.jump_address_phys);
  EXPECT_EQ(translate(tables->root_5_level, true, kRecord.jump_address), kRecord.jump_address_phys);
}

TEST_F(JumpTablesTest, NoTableLiesInAPageOfTheImage) {
  for (uint64_t page = 0; page < kPages; page += 2) ASSERT_TRUE(wanted_.add(arena_.frame(page)));
  auto tables = build(uint64_t{1} << 30);
  ASSERT_TRUE(tables.ok());
  EXPECT_FALSE(wanted_.has(tables->root_4_level / kEfiPageBytes));
  EXPECT_FALSE(wanted_.has(tables->root_5_level / kEfiPageBytes));
}

TEST_F(JumpTablesTest, TooFewPagesAreRefused) {
  auto tables = build(uint64_t{200} << 30);
  ASSERT_FALSE(tables.ok());
  EXPECT_EQ(tables.error().reason(), Reason::kNoSafeMemory);
}

TEST_F(JumpTablesTest, MoreMemoryThanHalfAFourLevelTableIsRefused) {
  auto tables = build(uint64_t{1} << 48);
  ASSERT_FALSE(tables.ok());
  EXPECT_EQ(tables.error().reason(), Reason::kUnsupportedFirmware);
}

}  // namespace
}  // namespace nvresume::efi
