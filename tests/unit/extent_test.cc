// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/extent.h"

#include <gtest/gtest.h>

#include "tests/test_image.h"

namespace nvresume {
namespace {

class ExtentTest : public ::testing::Test {
 protected:
  ExtentTest() {
    const std::vector<uint8_t> content = make_pages(2, 4);
    memcpy(buffer_.bytes().data(), content.data(), kLength);
    auto stored = store_extent(area_, 8192, buffer_.bytes().first(kLength));
    EXPECT_TRUE(stored.ok());
    extent_ = *stored;
  }
  Result<ConstBytes> read() {
    return read_extent(area_, extent_, buffer_.bytes(), Reason::kIndexCorrupt);
  }

  static constexpr uint64_t kLength = 5000;
  FakeNvm area_ = make_formatted_range().area;
  AlignedBuffer buffer_{2 * kBlockBytes};
  Extent extent_{};
};

TEST_F(ExtentTest, TheExactBytesComeBack) {
  memset(buffer_.bytes().data(), 0, buffer_.bytes().size());
  const auto content = read();
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->size(), kLength);
  EXPECT_EQ(extent_buffer_bytes(extent_), 2 * kBlockBytes);
}

TEST_F(ExtentTest, AFlippedByteIsRefusedByTheCallersReason) {
  area_.corrupt_byte(kSlotOffset + 8192 + kLength - 1, 1);
  EXPECT_EQ(read().error().reason(), Reason::kIndexCorrupt);
}

TEST_F(ExtentTest, ABufferTooSmallOrADeviceTooShortIsAnError) {
  EXPECT_FALSE(
      read_extent(area_, extent_, buffer_.bytes().first(4096), Reason::kIndexCorrupt).ok());
  extent_.offset_bytes = area_.size_bytes();
  EXPECT_EQ(read().error().reason(), Reason::kIoError);
}

}  // namespace
}  // namespace nvresume
