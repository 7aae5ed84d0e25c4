// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/snapshot_header.h"

#include <gtest/gtest.h>
#include <string.h>

#include "image/chunk_index.h"

namespace nvresume {
namespace {

class SnapshotHeaderTest : public testing::Test {
 protected:
  Result<StreamCounts> read() {
    memcpy(page_, &info_, sizeof(info_));
    return read_snapshot_header(page_);
  }
  void expect_refused() {
    const auto counts = read();
    ASSERT_FALSE(counts.ok());
    EXPECT_EQ(counts.error().reason(), Reason::kStreamCorrupt);
  }
  void set_pages(uint64_t image_pages, uint64_t pages) {
    info_.image_pages = image_pages;
    info_.pages = pages;
    info_.size = pages * kPageBytes;
  }

  SnapshotInfo info_{};
  uint8_t page_[kPageBytes] = {};
};

TEST_F(SnapshotHeaderTest, CountsOfAStockKernelAreRead) {
  set_pages(513, 516);  // two pages of frame list, one of info
  const auto counts = read();
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->header_pages, 3u);
  EXPECT_EQ(counts->data_pages, 513u);
}

TEST_F(SnapshotHeaderTest, LongerFrameListOfAKernelThatLeavesOutZeroPagesIsRead) {
  set_pages(513, 520);
  EXPECT_TRUE(read().ok());
}

TEST_F(SnapshotHeaderTest, FrameListTooShortIsRefused) {
  set_pages(513, 515);
  expect_refused();
}

TEST_F(SnapshotHeaderTest, ZeroedPageIsRefused) { expect_refused(); }

TEST_F(SnapshotHeaderTest, SizeThatDoesNotFitIsRefused) {
  set_pages(513, 516);
  info_.size += 1;
  expect_refused();
}

TEST_F(SnapshotHeaderTest, PageCountThatOverflowsIsRefused) {
  set_pages(513, UINT64_MAX);
  expect_refused();
}

}  // namespace
}  // namespace nvresume
