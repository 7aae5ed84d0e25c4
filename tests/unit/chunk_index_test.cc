// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/chunk_index.h"

#include <gtest/gtest.h>

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {
namespace {

constexpr uint64_t kSlotBytes = 64 * kBlockBytes;

class ChunkIndexTest : public ::testing::Test {
 protected:
  ChunkIndexTest() {
    entries_.push_back({0, 2 * kPageBytes, 2 * kPageBytes, 1, 0, 0, 1});
    entries_.push_back({8192, 5000, 16 * kPageBytes, 2, 3, 0, 2});
    entries_.push_back({16384, 8 * 4 + kSameBitmapBytes, 4 * kPageBytes, 3, 4, 0, 3});
    memcpy(header_.magic, kIndexMagic, sizeof(kIndexMagic));
    header_.chunk_count = 3;
    header_.header_chunk_count = 1;
    header_.header_pages = 2;
    header_.data_pages = 20;
    for (const ChunkEntry& entry : entries_) header_.stored_bytes += entry.stored_bytes;
    header_.chunk_pages = 16;
  }
  bool is_good() { return check_index(header_, entries_, kSlotBytes).ok(); }
  /// Whether the index is refused with entry 1's `field` set to `value`; restores it.
  template <typename T>
  bool refuses(T ChunkEntry::*field, uint64_t value) {
    const ChunkEntry kept = entries_[1];
    entries_[1].*field = static_cast<T>(value);
    const bool refused = !is_good();
    entries_[1] = kept;
    return refused;
  }

  ChunkIndexHeader header_{};
  std::vector<ChunkEntry> entries_;
};

TEST_F(ChunkIndexTest, AGoodIndexIsAccepted) { EXPECT_TRUE(is_good()); }

TEST_F(ChunkIndexTest, TheErrorNamesTheChunk) {
  entries_[1].raw_bytes = 17;
  EXPECT_EQ(check_index(header_, entries_, kSlotBytes).error().text(),
            "chunk 1 of 3: bad raw size");
}

TEST_F(ChunkIndexTest, SizesOutsideTheirBoundsAreRefused) {
  for (const uint64_t raw : {0ul, 1ul, 4095ul, 257ul * kPageBytes, 0xfffff000ul})
    EXPECT_TRUE(refuses(&ChunkEntry::raw_bytes, raw)) << raw;
  for (const uint64_t stored : {0ul, 24ul + kSameBitmapBytes, 13ul * kPageBytes + 56, 0xfffffffful})
    EXPECT_TRUE(refuses(&ChunkEntry::stored_bytes, stored)) << stored;
  for (const uint64_t same : {17ul, 16ul, 65535ul})
    EXPECT_TRUE(refuses(&ChunkEntry::same_pages, same)) << same;
  for (const uint64_t encoding : {0ul, 1ul, 3ul, 4ul, 65535ul})
    EXPECT_TRUE(refuses(&ChunkEntry::encoding, encoding)) << encoding;
  EXPECT_TRUE(refuses(&ChunkEntry::zero, 1));
}

TEST_F(ChunkIndexTest, AFrameOutsideTheSlotIsRefused) {
  for (const uint64_t offset : {1ul, 8191ul, kSlotBytes, kSlotBytes - 4096, ~0ul - 4095, ~0ul})
    EXPECT_TRUE(refuses(&ChunkEntry::offset_bytes, offset)) << offset;
  EXPECT_FALSE(refuses(&ChunkEntry::offset_bytes, kSlotBytes - 8192)) << "the slot's end";
}

TEST_F(ChunkIndexTest, CountsThatContradictTheEntriesAreRefused) {
  const ChunkIndexHeader good = header_;
  const auto refused = [&](auto ChunkIndexHeader::*field, uint64_t delta) {
    header_ = good;
    header_.*field += delta;
    return !is_good();
  };
  for (const uint64_t delta : {1ul, ~0ul, 1000ul}) {
    EXPECT_TRUE(refused(&ChunkIndexHeader::chunk_count, delta));
    EXPECT_TRUE(refused(&ChunkIndexHeader::header_pages, delta));
    EXPECT_TRUE(refused(&ChunkIndexHeader::data_pages, delta));
    EXPECT_TRUE(refused(&ChunkIndexHeader::stored_bytes, delta));
    EXPECT_TRUE(refused(&ChunkIndexHeader::header_chunk_count, delta));
  }
  EXPECT_TRUE(refused(&ChunkIndexHeader::chunk_pages, -1)) << "a chunk is larger";
  EXPECT_TRUE(refused(&ChunkIndexHeader::chunk_pages, 1000));
}

TEST_F(ChunkIndexTest, EveryFlippedByteIsRefusedOrChangesOnlyWhatIsNotSteering) {
  const auto flip_all = [this](Bytes bytes, auto is_free) {
    for (size_t i = 0; i < bytes.size(); i++) {
      bytes[i] ^= 0xff;
      EXPECT_EQ(is_good(), is_free(i)) << "byte " << i;
      bytes[i] ^= 0xff;
    }
  };
  const auto in = [](size_t i, size_t offset, size_t size) {
    return i >= offset && i < offset + size;
  };
  // A larger chunk limit, the level and the image id: compared elsewhere or by nobody; the index's
  // checksum covers them.
  flip_all({reinterpret_cast<uint8_t*>(&header_), sizeof(header_)}, [in](size_t i) {
    return i == offsetof(ChunkIndexHeader, chunk_pages) ||
           in(i, offsetof(ChunkIndexHeader, zstd_level), 4) ||
           in(i, offsetof(ChunkIndexHeader, image_id), 16);
  });
  flip_all({reinterpret_cast<uint8_t*>(&entries_[1]), sizeof(ChunkEntry)},
           [in](size_t i) { return in(i, offsetof(ChunkEntry, checksum), 8); });
}

TEST_F(ChunkIndexTest, AnIndexWithoutChunksOrMagicIsRefused) {
  EXPECT_FALSE(check_index(header_, {}, kSlotBytes).ok());
  header_.chunk_count = 0;
  header_.header_chunk_count = 0;
  EXPECT_FALSE(check_index(header_, {}, kSlotBytes).ok());
}

}  // namespace
}  // namespace nvresume
