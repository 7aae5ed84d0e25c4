// SPDX-License-Identifier: GPL-2.0-or-later
// The image library over the test's memory, found by its address as the stage finds NVM.
#include "efi/image_look.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <string.h>

#include <string>

#include "image/codec.h"
#include "image/commit.h"
#include "image/metadata.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kMebibyte = 1 << 20;
constexpr Geometry kGeometry{4 * kMebibyte, 2 * kMebibyte};
constexpr uint8_t kImageId[16] = {1, 2, 3};
constexpr uint64_t kMetadataOffset = kMebibyte;

class ImageLookTest : public testing::Test {
 protected:
  ImageLookTest() {
    memory_ = static_cast<uint8_t*>(aligned_alloc(2 * kMebibyte, kGeometry.total_bytes()));
    memset(memory_, 0, kGeometry.total_bytes());
    memcpy(memory_ + kGeometry.image_bytes + 4086, "SWAPSPACE2", 10);
    EXPECT_TRUE(ImageArea::format(image(), base(), kGeometry).ok());
  }
  ~ImageLookTest() override { free(memory_); }

  uint64_t base() const { return reinterpret_cast<uint64_t>(memory_); }
  PhysicalNvm& image() { return *new (image_) PhysicalNvm(base(), kGeometry.image_bytes); }
  PhysicalNvm& swap() {
    return *new (swap_) PhysicalNvm(base() + kGeometry.image_bytes, kGeometry.swap_bytes);
  }

  void save_image() {
    alignas(4096) static uint8_t record[8192];
    MetadataWriter writer(Bytes(record, sizeof record));
    MetadataHeader& header = writer.header();
    memcpy(header.image_id, kImageId, sizeof kImageId);
    header.saved_unix_s = 1'795'299'120;
    header.cpu_count = 2;
    header.page_bytes = 4096;
    strcpy(header.host, "mill");
    strcpy(header.kernel_release, "6.1.0-56-amd64");
    uint64_t bytes = writer.finish();
    memcpy(memory_ + kSlotOffset + kMetadataOffset, record, bytes);
    Extent metadata{kMetadataOffset, bytes, checksum_of(ConstBytes(record, bytes))};
    Extent index{kMetadataOffset + 16384, 4096, 0};
    Result<ImageArea> area = ImageArea::open(image());
    ASSERT_TRUE(area->begin_save(kImageId).ok());
    Status committed = commit_image(*area, swap(), metadata, index);
    ASSERT_TRUE(committed.ok()) << committed.error().text();
  }
  /// In a boot that is counted later, as the stage does.
  ImageLook boot_and_look() {
    Result<ImageArea> area = ImageArea::open(image());
    ImageLook look = look_at_image(*area, image(), swap());
    EXPECT_TRUE(area->count_boot().ok());
    return look;
  }
  static std::string text(const ImageLook& look) { return std::string(look.line.view()); }

  uint8_t* memory_;
  alignas(PhysicalNvm) uint8_t image_[sizeof(PhysicalNvm)];
  alignas(PhysicalNvm) uint8_t swap_[sizeof(PhysicalNvm)];
};

TEST_F(ImageLookTest, NothingSavedIsSaidPlainly) {
  ImageLook look = boot_and_look();
  EXPECT_EQ(look.reason, Reason::kNoImage);
  EXPECT_EQ(text(look), "nvresume: no image is stored");
}

TEST_F(ImageLookTest, WaitingImageNamesHostKernelAndTime) {
  save_image();
  ImageLook look = boot_and_look();
  EXPECT_EQ(look.reason, Reason::kNone);
  EXPECT_EQ(text(look),
            "nvresume: image of host mill, kernel 6.1.0-56-amd64, saved 2026-11-21 22:12:00 UTC");
}

TEST_F(ImageLookTest, SecondBootAfterTheSaveDoesNotFitTheTicket) {
  save_image();
  (void)boot_and_look();
  ImageLook look = boot_and_look();
  EXPECT_EQ(look.reason, Reason::kOtherBoot);
  EXPECT_EQ(text(look).substr(0, 42), "nvresume: no image to resume: other-boot: ");
}

TEST_F(ImageLookTest, ADroppedImageWasToldOfInTheBootThatDroppedIt) {
  save_image();
  Result<ImageArea> area = ImageArea::open(image());
  ASSERT_TRUE(area->fail(Reason::kWitnessChanged).ok());
  ImageLook look = boot_and_look();
  EXPECT_EQ(look.reason, Reason::kWitnessChanged) << "for nvresume status";
  EXPECT_EQ(text(look), "nvresume: no image is stored");
}

TEST_F(ImageLookTest, DamagedMetadataIsSeenByItsChecksum) {
  save_image();
  memory_[kSlotOffset + kMetadataOffset + 100] ^= 1;
  EXPECT_EQ(boot_and_look().reason, Reason::kMetadataCorrupt);
}

TEST_F(ImageLookTest, SwapUsedAfterTheSaveMakesItStale) {
  save_image();
  memcpy(memory_ + kGeometry.image_bytes + 4086, "SWAPSPACE2", 10);
  EXPECT_EQ(boot_and_look().reason, Reason::kStaleSwapSignature);
}

TEST_F(ImageLookTest, PhysicalNvmRefusesWhatLiesOutside) {
  Block block;
  EXPECT_FALSE(image().read(kGeometry.image_bytes, Bytes(block.bytes)).ok());
  EXPECT_FALSE(image().write(~uint64_t{0} - 4095, ConstBytes(block.bytes)).ok());
  EXPECT_TRUE(image().view(kGeometry.image_bytes - 4096, 4097).empty());
}

TEST(CacheTest, BestFlushInstructionIsChosen) {
  EXPECT_EQ(choose_flush(1u << 24 | 1u << 23), FlushInstruction::kClwb);
  EXPECT_EQ(choose_flush(1u << 23), FlushInstruction::kClflushopt);
  EXPECT_EQ(choose_flush(0), FlushInstruction::kClflush);
}

}  // namespace
}  // namespace nvresume::efi
