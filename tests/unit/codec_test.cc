// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/codec.h"

#include <gtest/gtest.h>

#include <random>

#include "image/checksum.h"
#include "tests/seed.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

class CodecTest : public ::testing::Test {
 protected:
  FrameEncoder encoder(EncodingChoice choice = EncodingChoice::kZstd, int level = 1) {
    workspace_ = AlignedBuffer(FrameEncoder::workspace_bytes(level));
    auto encoder = FrameEncoder::create(workspace_.bytes(), level, choice);
    EXPECT_TRUE(encoder.ok());
    return *encoder;
  }
  void encode(FrameEncoder encoder, const std::vector<uint8_t>& pages) {
    entry_ = ChunkEntry{};
    entry_.offset_bytes = 8192;
    ASSERT_TRUE(encoder.encode(pages, frame_.bytes(), scratch_.bytes(), entry_).ok());
    ASSERT_TRUE(check_entry(entry_, 0, 1, UINT64_MAX).ok());
    EXPECT_EQ(entry_.offset_bytes, 8192u);
    EXPECT_LE(entry_.stored_bytes, pages.size());
  }
  Status decode() {
    auto decoder = FrameDecoder::create(decoder_workspace_.bytes());
    EXPECT_TRUE(decoder.ok());
    decoded_.assign(entry_.raw_bytes, 0xee);
    return decoder->decode(entry_, frame_.bytes(), decoded_, scratch_.bytes(), 3, 7);
  }
  void expect_round_trip(FrameEncoder encoder, const std::vector<uint8_t>& pages) {
    encode(encoder, pages);
    const Status status = decode();
    ASSERT_TRUE(status.ok()) << status.error().text();
    ASSERT_EQ(decoded_, pages);
  }
  Encoding encoding() const { return static_cast<Encoding>(entry_.encoding); }
  /// The entry as a writer of these frame bytes would have made it.
  void reseal() { entry_.checksum = checksum_of(frame_.bytes().first(entry_.stored_bytes)); }

  AlignedBuffer workspace_{0};
  AlignedBuffer decoder_workspace_{FrameDecoder::workspace_bytes()};
  AlignedBuffer frame_{kFrameBytesMaximum};
  AlignedBuffer scratch_{kFrameBytesMaximum};
  ChunkEntry entry_{};
  std::vector<uint8_t> decoded_;
};

std::vector<uint8_t> same_filled(uint64_t page_count, uint8_t value) {
  return std::vector<uint8_t>(page_count * kPageBytes, value);
}
std::vector<uint8_t> noise(uint64_t page_count) {
  std::mt19937_64 random(page_count);
  std::vector<uint8_t> pages(page_count * kPageBytes);
  for (uint8_t& byte : pages) byte = static_cast<uint8_t>(random());
  return pages;
}

TEST_F(CodecTest, SameFilledPagesNeedNoBody) {
  expect_round_trip(encoder(), same_filled(256, 0));
  EXPECT_EQ(encoding(), Encoding::kNone);
  EXPECT_EQ(entry_.stored_bytes, 256 * 8 + kSameBitmapBytes);
  expect_round_trip(encoder(), same_filled(1, 0xab));
  EXPECT_EQ(entry_.stored_bytes, 8 + kSameBitmapBytes);
}

TEST_F(CodecTest, IncompressiblePagesAreStoredRaw) {
  expect_round_trip(encoder(), noise(256));
  EXPECT_EQ(encoding(), Encoding::kRaw);
  EXPECT_EQ(entry_.stored_bytes, kFrameBytesMaximum);
}

TEST_F(CodecTest, CompressiblePagesShrink) {
  std::vector<uint8_t> pages(16 * kPageBytes);
  for (size_t i = 0; i < pages.size(); i++) pages[i] = static_cast<uint8_t>(i / 100);
  expect_round_trip(encoder(), pages);
  EXPECT_EQ(encoding(), Encoding::kZstd);
  EXPECT_LT(entry_.stored_bytes, pages.size() / 4);
}

TEST_F(CodecTest, APageThatDiffersInOneByteIsNotSameFilled) {
  for (const size_t at : {0u, 7u, 8u, 63u, 64u, 2048u, 4088u, 4095u}) {
    std::vector<uint8_t> pages = same_filled(2, 0x5a);
    pages[kPageBytes + at] ^= 1;
    expect_round_trip(encoder(), pages);
    EXPECT_EQ(entry_.same_pages, 1) << at;
  }
}

TEST_F(CodecTest, RawByChoiceStillLeavesOutSameFilledPages) {
  std::vector<uint8_t> pages = noise(4);
  std::fill_n(pages.begin() + kPageBytes, kPageBytes, 0);
  expect_round_trip(encoder(EncodingChoice::kRaw), pages);
  EXPECT_EQ(encoding(), Encoding::kRaw);
  EXPECT_EQ(entry_.stored_bytes, 3 * kPageBytes + 8 + kSameBitmapBytes);
}

TEST_F(CodecTest, EverySizeAndMixtureComesBackAsItWas) {
  std::mt19937_64 random(test_seed());
  FrameEncoder zstd = encoder();
  for (uint64_t page_count = 1; page_count <= kChunkPagesMaximum;
       page_count += page_count < 20 ? 1 : 13)
    expect_round_trip(zstd, make_pages(page_count, random()));
  expect_round_trip(zstd, make_pages(kChunkPagesMaximum, random()));
}

TEST_F(CodecTest, EveryLevelWorksInTheWorkspaceItAsksFor) {
  for (const int level : {-5, -1, 1, 3, 9, 19}) {
    FrameEncoder at_level = encoder(EncodingChoice::kZstd, level);
    for (const uint64_t page_count : {1, 3, 4, 5, 32, 64, 65, 256})
      expect_round_trip(at_level, make_pages(page_count, 5));
  }
}

TEST_F(CodecTest, AWorkspaceForSmallerChunksTakesEverySizeUpToThem) {
  for (const int level : {-5, 1, 3, 9}) {
    workspace_ = AlignedBuffer(FrameEncoder::workspace_bytes(level, 64));
    auto small = FrameEncoder::create(workspace_.bytes(), level, EncodingChoice::kZstd, 64);
    ASSERT_TRUE(small.ok());
    for (const uint64_t page_count : {1, 2, 4, 5, 8, 31, 33, 63, 64})
      expect_round_trip(*small, make_pages(page_count, 6));
  }
}

TEST_F(CodecTest, PagesThatStayAsTheyAreAreNotCopied) {
  for (const EncodingChoice choice : {EncodingChoice::kRaw, EncodingChoice::kZstd}) {
    const std::vector<uint8_t> pages = noise(8);
    ChunkEntry entry{};
    FrameEncoder noise_encoder = encoder(choice);
    const auto made = noise_encoder.make_frame(pages, frame_.bytes(), scratch_.bytes(), entry);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(made->data(), pages.data());
    EXPECT_EQ(made->size(), pages.size());
    EXPECT_EQ(entry.checksum, checksum_of(pages));
  }
}

TEST_F(CodecTest, BytesThatAreOnlyShuffledTextAreStillCompressed) {
  std::mt19937_64 random(test_seed());
  std::vector<uint8_t> pages(8 * kPageBytes);
  for (uint8_t& byte : pages) byte = static_cast<uint8_t>('a' + random() % 26);
  expect_round_trip(encoder(), pages);
  EXPECT_EQ(encoding(), Encoding::kZstd);
}

TEST_F(CodecTest, NothingOfAnEarlierChunkRidesAlong) {
  memset(frame_.bytes().data(), 0xcc, kFrameBytesMaximum);
  encode(encoder(), same_filled(3, 1));
  for (uint64_t i = entry_.stored_bytes; i < kBlockBytes; i++) ASSERT_EQ(frame_.bytes()[i], 0) << i;
}

TEST_F(CodecTest, TooSmallAWorkspaceOrAnOddChunkIsRefused) {
  AlignedBuffer small(4096);
  EXPECT_FALSE(FrameEncoder::create(small.bytes(), 1, EncodingChoice::kZstd).ok());
  EXPECT_FALSE(FrameDecoder::create(small.bytes()).ok());
  ChunkEntry entry{};
  for (const size_t bytes : {size_t{0}, size_t{100}, size_t{257 * kPageBytes}}) {
    const std::vector<uint8_t> pages(bytes);
    EXPECT_FALSE(encoder().encode(pages, frame_.bytes(), scratch_.bytes(), entry).ok()) << bytes;
  }
}

TEST_F(CodecTest, EveryFlippedByteIsRefusedWithNumberAndOffset) {
  encode(encoder(), make_pages(6, 11));
  for (uint32_t i = 0; i < entry_.stored_bytes; i += i < 200 ? 1 : 97) {
    frame_.bytes()[i] ^= 0x10;
    const Status status = decode();
    ASSERT_FALSE(status.ok()) << i;
    EXPECT_EQ(status.error().reason(), Reason::kChunkCorrupt);
    EXPECT_EQ(status.error().text(), "chunk 3 of 7 at offset 0x2000: checksum mismatch");
    frame_.bytes()[i] ^= 0x10;
  }
  EXPECT_TRUE(verify_frame(entry_, frame_.bytes(), 3, 7).ok());
}

TEST_F(CodecTest, ACutFrameIsRefused) {
  encode(encoder(), make_pages(6, 11));
  EXPECT_FALSE(verify_frame(entry_, frame_.bytes().first(entry_.stored_bytes - 1), 0, 1).ok());
}

TEST_F(CodecTest, ABitmapThatContradictsTheEntryIsRefused) {
  std::vector<uint8_t> pages = noise(4);
  std::fill_n(pages.begin(), kPageBytes, 0);
  encode(encoder(), pages);
  ASSERT_EQ(entry_.same_pages, 1);
  uint8_t& bitmap = frame_.bytes()[8];
  ASSERT_EQ(bitmap, 1);
  for (const int bits : {0, 3, 0x10, 0x80}) {  // none, two, and pages behind the chunk's end
    bitmap = static_cast<uint8_t>(bits);
    reseal();
    EXPECT_EQ(decode().error().reason(), Reason::kChunkCorrupt) << bits;
  }
}

TEST_F(CodecTest, FramesThatAreValidButWrongNeverCrash) {
  std::mt19937_64 random(test_seed());
  FrameEncoder zstd = encoder();
  for (int round = 0; round < 500; round++) {
    encode(zstd, make_pages(1 + random() % 8, random()));
    for (int flips = 1 + random() % 4; flips > 0; flips--)
      frame_.bytes()[random() % entry_.stored_bytes] ^= 1 << (random() % 8);
    reseal();
    const Status status = decode();
    EXPECT_TRUE(status.ok() || status.error().reason() == Reason::kChunkCorrupt);
  }
}

TEST_F(CodecTest, AnEntryThatLiesIsRefusedBeforeAnythingIsCopied) {
  std::mt19937_64 random(test_seed());
  encode(encoder(), make_pages(8, 2));
  const ChunkEntry good = entry_;
  for (int round = 0; round < 1000; round++) {
    entry_ = good;
    auto* bytes = reinterpret_cast<uint8_t*>(&entry_);
    bytes[8 + random() % 12] ^= 1 << (random() % 8);  // sizes, encoding, same_pages
    if (entry_.raw_bytes > kFrameBytesMaximum || entry_.stored_bytes > kFrameBytesMaximum) continue;
    reseal();
    const Status status = decode();
    EXPECT_TRUE(status.ok() || status.error().reason() == Reason::kChunkCorrupt);
  }
}

TEST(ChecksumTest, IsXxh3WithSeedZero) {
  // XXH3_64bits of the empty input, from the xxHash 0.8 sanity vectors.
  EXPECT_EQ(checksum_of({}), 0x2D06800538D394C2ull);
}

TEST(ChecksumTest, IsTheSameInRegistersOfEveryWidth) {
  const std::vector<uint8_t> bytes = noise(4);
  // XXH3 has other code for inputs to 16, 128 and 240 bytes, and beyond.
  for (size_t length = 0; length < bytes.size() - 8; length += length < 600 ? 1 : 509) {
    const ConstBytes input(bytes.data() + length % 8, length);
    ASSERT_EQ(narrow_checksum_of(input), wide_checksum_of(input)) << length;
    ASSERT_EQ(checksum_of(input), wide_checksum_of(input)) << length;
  }
}

}  // namespace
}  // namespace nvresume
