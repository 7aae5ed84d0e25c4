// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/metadata.h"

#include <gtest/gtest.h>

#include "tests/fake_nvm.h"

namespace nvresume {
namespace {

class MetadataTest : public ::testing::Test {
 protected:
  MetadataTest() : buffer_(16 * kBlockBytes), writer_(buffer_.bytes()) {
    strcpy(writer_.header().host, "machine");
    add(SectionType::kMessages, "hello");
    add(SectionType::kStatistics, std::string(sizeof(Statistics), 's'));
    finish();
  }
  void add(SectionType type, const std::string& content) {
    ASSERT_TRUE(
        writer_.add(type, {reinterpret_cast<const uint8_t*>(content.data()), content.size()}).ok());
  }
  void finish() { record_ = buffer_.bytes().first(writer_.finish()); }
  bool is_good() { return check_metadata(record_).ok(); }
  std::string section(SectionType type) {
    const ConstBytes bytes = section_of(record_, type);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  MetadataHeader& header() { return writer_.header(); }

  AlignedBuffer buffer_;
  MetadataWriter writer_;
  Bytes record_;
};

TEST_F(MetadataTest, SectionsComeBackAsTheyWereAdded) {
  ASSERT_TRUE(is_good());
  EXPECT_EQ(section(SectionType::kMessages), "hello");
  EXPECT_EQ(section(SectionType::kStatistics), std::string(sizeof(Statistics), 's'));
  EXPECT_EQ(section(SectionType::kWitness), "");
}

TEST_F(MetadataTest, AnUnknownSectionIsSkipped) {
  add(static_cast<SectionType>(99), "from a later version");
  finish();
  EXPECT_TRUE(is_good());
  EXPECT_EQ(section(SectionType::kMessages), "hello");
}

TEST_F(MetadataTest, AnEmptySectionIsLegal) {
  ASSERT_TRUE(writer_.add(SectionType::kRuntimeMap, {}).ok());
  finish();
  EXPECT_TRUE(is_good());
}

TEST_F(MetadataTest, AFullRecordSaysWhatDidNotFit) {
  const std::vector<uint8_t> large(12 * kBlockBytes);
  ASSERT_FALSE(writer_.add(SectionType::kWitness, std::vector<uint8_t>(16 * kBlockBytes)).ok());
  EXPECT_TRUE(writer_.add(SectionType::kWitness, large).ok());
  EXPECT_EQ(writer_.add(SectionType::kMessages, large).error().reason(), Reason::kNoRoom);
  finish();
  EXPECT_TRUE(is_good()) << "what fitted is whole";
}

TEST_F(MetadataTest, NoMoreSectionsThanTheTableHas) {
  for (uint32_t i = 2; i < kSectionCountMaximum; i++) add(SectionType::kMessages, "x");
  EXPECT_FALSE(writer_.add(SectionType::kMessages, {}).ok());
}

TEST_F(MetadataTest, ATruncatedRecordIsRefused) {
  for (const uint64_t length :
       {uint64_t{0}, uint64_t{1}, uint64_t{4095}, uint64_t{4096}, record_.size() - 1})
    EXPECT_FALSE(check_metadata(record_.first(length)).ok()) << length;
}

TEST_F(MetadataTest, ATextWithoutAnEndIsRefused) {
  memset(header().host, 'x', sizeof(header().host));
  EXPECT_FALSE(is_good());
}

TEST_F(MetadataTest, SectionsOutsideTheRecordOrOverEachOtherAreRefused) {
  const Section good = header().sections[1];
  const Section bad[] = {{4, 0, 4096, 8},
                         {4, 0, 0, 8},
                         {4, 0, UINT64_MAX, 8},
                         {4, 0, good.offset_bytes, UINT64_MAX},
                         {4, 0, 1 << 20, 0},
                         {0, 0, good.offset_bytes, 8},
                         {4, 1, good.offset_bytes, 8},
                         {4, 0, good.offset_bytes + 1, 8}};
  for (const Section& section : bad) {
    header().sections[1] = section;
    EXPECT_FALSE(is_good()) << section.offset_bytes << " " << section.length_bytes;
  }
}

TEST_F(MetadataTest, EveryFlippedByteIsRefusedOrReadsWithinTheRecord) {
  for (size_t i = 0; i < record_.size(); i++) {
    record_[i] ^= 0xff;
    if (is_good()) {
      // What the checks let through are values; the extent's checksum refuses those.
      for (uint32_t type = 0; type < 8; type++) {
        const ConstBytes bytes = section_of(record_, static_cast<SectionType>(type));
        if (bytes.empty()) continue;
        EXPECT_GE(bytes.data(), record_.data());
        EXPECT_LE(bytes.data() + bytes.size(), record_.data() + record_.size());
      }
    }
    record_[i] ^= 0xff;
  }
}

}  // namespace
}  // namespace nvresume
