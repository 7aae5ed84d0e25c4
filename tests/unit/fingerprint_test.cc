// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/fingerprint.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "image/media.h"

namespace nvresume {
namespace {

class FingerprintTest : public ::testing::Test {
 protected:
  void region(Fingerprint& fingerprint, uint64_t start, uint64_t bytes, uint32_t kind) {
    fingerprint.regions[fingerprint.region_count++] = {start, bytes, kind, 0};
    fingerprint.items[static_cast<uint32_t>(FingerprintItem::kMemoryMap)] += start + bytes + kind;
  }
  std::unique_ptr<Fingerprint> saved_ = std::make_unique<Fingerprint>();
  std::unique_ptr<Fingerprint> now_ = std::make_unique<Fingerprint>();
};

TEST_F(FingerprintTest, ASealedOneIsAccepted) {
  seal(*now_);
  EXPECT_TRUE(check_fingerprint(*now_).ok());
}

TEST_F(FingerprintTest, OneBadByteIsNoFingerprint) {
  seal(*now_);
  now_->items[3] ^= 1;
  EXPECT_EQ(check_fingerprint(*now_).error().reason(), Reason::kFingerprintMissing);
}

TEST_F(FingerprintTest, AnotherVersionsIsNotComparable) {
  seal(*now_);
  now_->item_count++;
  EXPECT_FALSE(check_fingerprint(*now_).ok());
}

TEST_F(FingerprintTest, TheRegionThatMovedIsNamed) {
  region(*saved_, 0x1000, 0x9f000, 7);
  region(*saved_, 0x7f8ee000, 0x1000, 9);
  region(*now_, 0x1000, 0x9f000, 7);
  region(*now_, 0x7f8ef000, 0x1000, 9);
  const Status compared = compare_fingerprints(*saved_, *now_);
  ASSERT_FALSE(compared.ok());
  EXPECT_EQ(compared.error().reason(), Reason::kMemoryMapChanged);
  const std::string text(compared.error().text());
  EXPECT_NE(text.find("saved 0x7f8ee000-0x7f8eefff (type 9), now 0x7f8ef000"), std::string::npos)
      << text;
}

TEST_F(FingerprintTest, ARegionThatIsNewIsNamed) {
  region(*saved_, 0x1000, 0x9f000, 7);
  region(*now_, 0x1000, 0x9f000, 7);
  region(*now_, 0x100000, 0x1000, 7);
  const Status compared = compare_fingerprints(*saved_, *now_);
  ASSERT_FALSE(compared.ok());
  EXPECT_NE(compared.error().text().find("new 0x100000"), std::string_view::npos);
}

TEST_F(FingerprintTest, TheRingKeepsTheLastSixteenBoots) {
  const Geometry geometry{0x4000000, 0x4000000};
  EXPECT_EQ(fingerprint_offset_bytes(geometry, 3), fingerprint_offset_bytes(geometry, 19));
  EXPECT_NE(fingerprint_offset_bytes(geometry, 3), fingerprint_offset_bytes(geometry, 4));
  EXPECT_GE(fingerprint_offset_bytes(geometry, 0), kSlotOffset + geometry.slot_bytes());
  EXPECT_LE(fingerprint_offset_bytes(geometry, 15) + kFingerprintBytes,
            geometry.image_bytes - 512 * 1024);
}

}  // namespace
}  // namespace nvresume
