// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/superblock.h"

#include <gtest/gtest.h>

#include "image/chunk_index.h"
#include "image/metadata.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

class SuperblockTest : public ::testing::Test {
 protected:
  SuperblockTest() : superblock_(make_superblock(kTestRangeBase, kTestGeometry)) {
    superblock_.state = static_cast<uint32_t>(State::kCommitted);
    superblock_.metadata = {4096, 5000, 1};
    superblock_.index = {16384, sizeof(ChunkIndexHeader) + 3 * sizeof(ChunkEntry), 2};
    seal(superblock_);
  }

  /// Seals the change first: the fault is one the checksum does not catch.
  Reason verdict() {
    seal(superblock_);
    const Status status = check(superblock_);
    return status.ok() ? Reason::kNone : status.error().reason();
  }

  Superblock superblock_;
};

TEST_F(SuperblockTest, AFreshOneIsEmptyAndValid) {
  Superblock fresh = make_superblock(kTestRangeBase, kTestGeometry);
  EXPECT_FALSE(check(fresh).ok()) << "not sealed yet";
  seal(fresh);
  EXPECT_TRUE(check(fresh).ok());
  EXPECT_EQ(static_cast<State>(fresh.state), State::kEmpty);
  EXPECT_EQ(geometry_of(fresh).total_bytes(), kTestGeometry.total_bytes());
}

TEST_F(SuperblockTest, EveryFlippedBitIsRefused) {
  ASSERT_TRUE(check(superblock_).ok());
  auto* bytes = reinterpret_cast<uint8_t*>(&superblock_);
  for (size_t bit = 0; bit < sizeof(superblock_) * 8; bit++) {
    bytes[bit / 8] ^= 1 << (bit % 8);
    const Status status = check(superblock_);
    ASSERT_FALSE(status.ok()) << "bit " << bit;
    EXPECT_EQ(status.error().reason(), bit < sizeof(kSuperblockMagic) * 8
                                           ? Reason::kNotFormatted
                                           : Reason::kSuperblockCorrupt);
    bytes[bit / 8] ^= 1 << (bit % 8);
  }
}

TEST_F(SuperblockTest, AZeroedBlockIsNotFormatted) {
  superblock_ = Superblock{};
  EXPECT_EQ(verdict(), Reason::kNotFormatted);
}

TEST_F(SuperblockTest, AnotherMajorVersionOrAnUnknownFlagIsUnsupported) {
  superblock_.major = kFormatMajor + 1;
  EXPECT_EQ(verdict(), Reason::kUnsupportedVersion);
  superblock_.major = kFormatMajor;
  superblock_.incompatible_flags = 0x80000000;
  EXPECT_EQ(verdict(), Reason::kUnsupportedVersion);
}

TEST_F(SuperblockTest, AHigherMinorVersionMayUseReservedBytes) {
  superblock_.zero[17] = 1;
  EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt);
  superblock_.minor = kFormatMinor + 1;
  EXPECT_EQ(verdict(), Reason::kNone);
}

TEST_F(SuperblockTest, TheFirstMinorVersionHasNoAttemptBootCount) {
  superblock_.attempt_boot_count = 5;
  EXPECT_EQ(verdict(), Reason::kNone);
  superblock_.minor = 0;
  EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt);
  superblock_.attempt_boot_count = 0;
  EXPECT_EQ(verdict(), Reason::kNone);
}

TEST_F(SuperblockTest, AnUnknownStateIsDamage) {
  for (const uint32_t state : {0u, 6u, 0xffffffffu}) {
    superblock_.state = state;
    EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt) << state;
  }
}

TEST_F(SuperblockTest, GeometryThatDoesNotAddUpIsDamage) {
  const Superblock good = superblock_;
  const auto broken = [&](uint64_t Superblock::*field, uint64_t value) {
    superblock_ = good;
    superblock_.*field = value;
    return verdict();
  };
  for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{4096}, UINT64_MAX}) {
    EXPECT_EQ(broken(&Superblock::image_bytes, value), Reason::kSuperblockCorrupt) << value;
    EXPECT_EQ(broken(&Superblock::swap_bytes, value), Reason::kSuperblockCorrupt) << value;
    EXPECT_EQ(broken(&Superblock::slot_offset_bytes, value), Reason::kSuperblockCorrupt) << value;
    EXPECT_EQ(broken(&Superblock::slot_bytes, value), Reason::kSuperblockCorrupt) << value;
    EXPECT_EQ(broken(&Superblock::log_offset_bytes, value), Reason::kSuperblockCorrupt) << value;
    EXPECT_EQ(broken(&Superblock::log_bytes, value), Reason::kSuperblockCorrupt) << value;
  }
  EXPECT_EQ(broken(&Superblock::generation, 0), Reason::kSuperblockCorrupt);
  EXPECT_EQ(broken(&Superblock::range_base, 4096), Reason::kSuperblockCorrupt);
  EXPECT_EQ(broken(&Superblock::range_base, UINT64_MAX / kRangeAlignment * kRangeAlignment),
            Reason::kSuperblockCorrupt);
}

TEST_F(SuperblockTest, AnExtentOutsideTheSlotIsDamage) {
  const uint64_t slot = superblock_.slot_bytes;
  const Extent bad[] = {{1, 4096, 0},          {slot, 4096, 0},     {slot - 4096, 4097, 0},
                        {0, 0, 0x1},           {0, UINT64_MAX, 0},  {UINT64_MAX - 4095, 8192, 0},
                        {4096, UINT64_MAX, 0}, {0, slot + 4096, 0}, {0, 4095, 0}};
  const Superblock good = superblock_;
  for (const Extent& extent : bad) {
    superblock_ = good;
    superblock_.metadata = extent;
    EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt) << extent.offset_bytes;
    superblock_ = good;
    superblock_.index = extent;
    EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt) << extent.offset_bytes;
  }
  superblock_ = good;
  superblock_.index = {slot - 4096, 4096, 0};
  EXPECT_EQ(verdict(), Reason::kNone) << "the slot's last block";
}

TEST_F(SuperblockTest, AnIndexOfHalfAnEntryIsDamage) {
  superblock_.index.length_bytes += 1;
  EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt);
}

TEST_F(SuperblockTest, ACommittedImageNeedsBothExtents) {
  superblock_.metadata = superblock_.index = Extent{};
  EXPECT_EQ(verdict(), Reason::kSuperblockCorrupt);
  superblock_.state = static_cast<uint32_t>(State::kWriting);
  EXPECT_EQ(verdict(), Reason::kNone);
}

}  // namespace
}  // namespace nvresume
