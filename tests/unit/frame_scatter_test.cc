// SPDX-License-Identifier: GPL-2.0-or-later
// FrameDecoder::decode_to(): the same bytes as decode(), each page somewhere else.
#include <gtest/gtest.h>
#include <string.h>

#include <algorithm>
#include <random>
#include <vector>

#include "image/codec.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

class FrameScatterTest : public ::testing::Test {
 protected:
  void encode(const std::vector<uint8_t>& pages, EncodingChoice choice) {
    AlignedBuffer workspace(FrameEncoder::workspace_bytes(1));
    auto encoder = FrameEncoder::create(workspace.bytes(), 1, choice);
    ASSERT_TRUE(encoder.ok());
    ASSERT_TRUE(encoder->encode(pages, frame_.bytes(), scratch_.bytes(), entry_).ok());
  }
  /// Page n of the chunk goes to place order[n].
  Status decode_to(const std::vector<uint32_t>& order) {
    AlignedBuffer workspace(FrameDecoder::workspace_bytes());
    auto decoder = FrameDecoder::create(workspace.bytes());
    EXPECT_TRUE(decoder.ok());
    std::vector<uint64_t> targets;
    for (const uint32_t place : order)
      targets.push_back(reinterpret_cast<uint64_t>(memory_.bytes().data()) + place * kPageBytes);
    return decoder->decode_to(entry_, frame_.bytes(), targets, scratch_.bytes(), 0, 1);
  }
  void expect_scattered(const std::vector<uint8_t>& pages, const std::vector<uint32_t>& order) {
    const Status status = decode_to(order);
    ASSERT_TRUE(status.ok()) << status.error().text();
    for (size_t page = 0; page < order.size(); page++)
      ASSERT_EQ(memcmp(memory_.bytes().data() + order[page] * kPageBytes,
                       pages.data() + page * kPageBytes, kPageBytes),
                0)
          << "page " << page;
  }

  AlignedBuffer frame_{kFrameBytesMaximum};
  AlignedBuffer scratch_{kFrameBytesMaximum};
  AlignedBuffer memory_{64 * kPageBytes};
  ChunkEntry entry_{};
};

std::vector<uint8_t> mixed_pages(std::mt19937_64& random, uint32_t count) {
  std::vector<uint8_t> pages(count * kPageBytes);
  for (uint32_t page = 0; page < count; page++) {
    const uint64_t kind = random() % 3;
    for (uint32_t i = 0; i < kPageBytes; i++)
      pages[page * kPageBytes + i] = static_cast<uint8_t>(kind == 0   ? page
                                                          : kind == 1 ? random() % 4
                                                                      : random());
  }
  return pages;
}

TEST_F(FrameScatterTest, PagesGoWhereTheyBelongInAnyOrder) {
  std::mt19937_64 random(std::random_device{}());
  for (const EncodingChoice choice : {EncodingChoice::kZstd, EncodingChoice::kRaw}) {
    for (int round = 0; round < 20; round++) {
      const auto pages = mixed_pages(random, 1 + random() % 32);
      std::vector<uint32_t> order(pages.size() / kPageBytes);
      for (uint32_t i = 0; i < order.size(); i++) order[i] = 2 * i;
      std::shuffle(order.begin(), order.end(), random);
      encode(pages, choice);
      expect_scattered(pages, order);
    }
  }
}

TEST_F(FrameScatterTest, PagesInARowAreDecodedInPlace) {
  std::vector<uint8_t> pages(8 * kPageBytes);
  for (size_t i = 0; i < pages.size(); i++) pages[i] = static_cast<uint8_t>(i % 251);
  encode(pages, EncodingChoice::kZstd);
  ASSERT_EQ(entry_.same_pages, 0u);
  expect_scattered(pages, {4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_F(FrameScatterTest, ABadByteWritesNothing) {
  std::vector<uint8_t> pages(4 * kPageBytes, 7);
  encode(pages, EncodingChoice::kZstd);
  frame_.bytes()[3] ^= 1;
  memset(memory_.bytes().data(), 0xee, memory_.bytes().size());
  ASSERT_FALSE(decode_to({0, 1, 2, 3}).ok());
  for (const uint8_t byte : memory_.bytes()) ASSERT_EQ(byte, 0xee);
}

TEST_F(FrameScatterTest, AnotherCountOfTargetsIsRefused) {
  encode(std::vector<uint8_t>(4 * kPageBytes, 7), EncodingChoice::kZstd);
  EXPECT_FALSE(decode_to({0, 1, 2}).ok());
}

}  // namespace
}  // namespace nvresume
