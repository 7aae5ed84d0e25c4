// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/frame_list.h"

#include <gtest/gtest.h>

#include <vector>

namespace nvresume::efi {
namespace {

class FrameListTest : public ::testing::Test {
 protected:
  Result<std::span<const uint64_t>> read(std::vector<uint64_t> words, uint64_t data_pages) {
    words_ = std::move(words);
    return read_frame_list(words_, data_pages, frames_);
  }

  std::vector<uint64_t> words_;
  std::vector<uint64_t> bits_ = std::vector<uint64_t>(FrameSet::words_for(1024));
  FrameSet frames_{bits_};
};

TEST_F(FrameListTest, EndsAtItsMarkAndEntersEveryFrame) {
  auto list = read({5, 6, 900, kFrameListEnd, 7}, 3);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->size(), 3u);
  EXPECT_TRUE(frames_.has(900));
  EXPECT_FALSE(frames_.has(7));
}

TEST_F(FrameListTest, AListThatFillsItsPagesNeedsNoMark) {
  auto list = read({1, 2}, 2);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->size(), 2u);
}

TEST_F(FrameListTest, LeftOutZeroPagesCountAsFramesButNotAsData) {
  auto list = read({1, 2 | kZeroFrameFlag, 3, kFrameListEnd}, 2);
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->size(), 3u);
  EXPECT_TRUE(frames_.has(2));
}

TEST_F(FrameListTest, AFrameNamedTwiceIsRefused) {
  auto list = read({4, 4, kFrameListEnd}, 2);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().reason(), Reason::kStreamCorrupt);
}

TEST_F(FrameListTest, AFrameBehindTheEndOfMemoryIsRefused) {
  auto list = read({1024, kFrameListEnd}, 1);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().reason(), Reason::kFrameNotMemory);
}

TEST_F(FrameListTest, AnotherCountThanTheStreamsIsRefused) {
  auto list = read({1, 2, kFrameListEnd}, 3);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().reason(), Reason::kStreamCorrupt);
}

}  // namespace
}  // namespace nvresume::efi
