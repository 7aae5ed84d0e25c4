// SPDX-License-Identifier: GPL-2.0-or-later
// An image of 64 GiB, of which little is there: every chunk is the same frame of same-filled pages.
#include <gtest/gtest.h>

#include <vector>

#include "image/codec.h"
#include "tests/fake_nvm.h"

namespace nvresume {
namespace {

constexpr uint64_t kImageBytes = uint64_t{64} << 30;
constexpr uint32_t kChunkPages = 64;
constexpr uint64_t kChunkCount = kImageBytes / (kChunkPages * uint64_t{kPageBytes});

class LargeImageTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> pages(kChunkPages * kPageBytes, 0x5a);
    AlignedBuffer workspace(FrameEncoder::workspace_bytes(1, kChunkPages));
    auto encoder = FrameEncoder::create(workspace.bytes(), 1, EncodingChoice::kZstd, kChunkPages);
    ASSERT_TRUE(encoder.ok());
    ChunkEntry entry{};
    ASSERT_TRUE(encoder->encode(pages, frame_.bytes(), scratch_.bytes(), entry).ok());
    entries_.assign(kChunkCount, entry);
    memcpy(header_.magic, kIndexMagic, sizeof(kIndexMagic));
    header_.chunk_count = kChunkCount;
    header_.header_chunk_count = kChunkCount / 512;  // 8 bytes a page: 1/512 of the stream
    header_.header_pages = header_.header_chunk_count * uint64_t{kChunkPages};
    header_.data_pages = kChunkCount * kChunkPages - header_.header_pages;
    header_.stored_bytes = kChunkCount * entry.stored_bytes;
    header_.chunk_pages = kChunkPages;
  }

  AlignedBuffer frame_{kChunkPages * kPageBytes};
  AlignedBuffer scratch_{kChunkPages * kPageBytes};
  ChunkIndexHeader header_{};
  std::vector<ChunkEntry> entries_;
};

TEST_F(LargeImageTest, ItsIndexIsCheckedToTheLastEntry) {
  const Status good = check_index(header_, entries_, kImageBytes);
  EXPECT_TRUE(good.ok()) << good.error().text();
  entries_.back().same_pages--;
  EXPECT_EQ(check_index(header_, entries_, kImageBytes).error().reason(), Reason::kIndexCorrupt);
}

TEST_F(LargeImageTest, EveryChunkIsVerifiedAndEveryPageFound) {
  AlignedBuffer workspace(FrameDecoder::workspace_bytes());
  auto decoder = FrameDecoder::create(workspace.bytes());
  ASSERT_TRUE(decoder.ok());
  uint64_t found = 0;
  for (uint64_t chunk = 0; chunk < kChunkCount; ++chunk) {
    auto pages =
        decoder->unpack(entries_[chunk], frame_.bytes(), scratch_.bytes(), chunk, kChunkCount);
    ASSERT_TRUE(pages.ok()) << pages.error().text();
    for (uint32_t page = 0; page < kChunkPages; ++page)
      found += pages->next().fill == 0x5a5a5a5a5a5a5a5a ? 1 : 0;
  }
  EXPECT_EQ(found, kImageBytes / kPageBytes);
}

}  // namespace
}  // namespace nvresume
