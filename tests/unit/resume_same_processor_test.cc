// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/same_processor.h"

#include <gtest/gtest.h>

#include <memory>

#include "image/fingerprint.h"
#include "image/media.h"
#include "image/metadata.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

constexpr uint64_t kSaveBoot = 6, kThisBoot = 7;

class SameProcessor : public testing::Test {
 protected:
  SameProcessor() {
    superblock_.image_bytes = kTestGeometry.image_bytes;
    superblock_.swap_bytes = kTestGeometry.swap_bytes;
    superblock_.boot_count = kThisBoot;
    now_->boot_count = kThisBoot;
    saved_->boot_count = kSaveBoot;
  }
  void change(FingerprintItem item) { now_->items[static_cast<uint32_t>(item)]++; }
  void store_this_boot() {
    seal(*now_);
    ASSERT_TRUE(store_fingerprint(area_, geometry_of(superblock_), *now_).ok());
  }
  ConstBytes record(bool with_fingerprint = true) {
    MetadataWriter writer(memory_.bytes());
    seal(*saved_);
    if (with_fingerprint) {
      EXPECT_TRUE(writer.add(SectionType::kFingerprint, bytes_of(*saved_)).ok());
    }
    return memory_.bytes().first(writer.finish());
  }
  Status check(ConstBytes record) { return check_same_processor(area_, superblock_, record); }

  FakeNvm area_{kTestGeometry.image_bytes};
  Superblock superblock_{};
  std::unique_ptr<Fingerprint> saved_ = std::make_unique<Fingerprint>();
  AlignedBuffer memory_{256 * 1024}, now_memory_{kFingerprintBytes};
  Fingerprint* now_ = reinterpret_cast<Fingerprint*>(now_memory_.bytes().data());
};

TEST_F(SameProcessor, SameModelPasses) {
  store_this_boot();
  EXPECT_TRUE(check(record()).ok());
}

TEST_F(SameProcessor, OtherModelIsRefused) {
  change(FingerprintItem::kCpuid);
  store_this_boot();
  const Status status = check(record());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason(), Reason::kProcessorChanged);
}

TEST_F(SameProcessor, MoreProcessorsOfTheSameModelPass) {
  change(FingerprintItem::kProcessors);
  store_this_boot();
  EXPECT_TRUE(check(record()).ok());
}

TEST_F(SameProcessor, ImageWithoutFingerprintPasses) {
  change(FingerprintItem::kCpuid);
  store_this_boot();
  EXPECT_TRUE(check(record(false)).ok());
}

TEST_F(SameProcessor, BootWithoutFingerprintPasses) { EXPECT_TRUE(check(record()).ok()); }

}  // namespace
}  // namespace nvresume
