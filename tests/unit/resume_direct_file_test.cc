// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/direct_file.h"

#include "image/codec.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class DirectFileTest : public testing::Test {
 protected:
  DirectFileTest() {
    content_.resize(1000 * 1000);  // not a whole number of blocks, larger than the buffer
    for (size_t i = 0; i < content_.size(); i++) content_[i] = static_cast<uint8_t>(i * 7 / 3);
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(content_.data()),
               static_cast<std::streamsize>(content_.size()));
  }
  TemporaryDirectory directory_;
  std::string path_ = directory_ / "disk";
  std::vector<uint8_t> content_;
};

TEST_F(DirectFileTest, AnyBytesAreRead) {
  auto file = DirectFile::open(path_);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size_bytes(), content_.size());
  for (const auto& [offset, length] :
       {std::pair<size_t, size_t>{0, 1}, {511, 8193}, {4096, 4096}, {999990, 10}, {100, 900000}}) {
    std::vector<uint8_t> out(length);
    ASSERT_TRUE(file->read(offset, out).ok()) << offset;
    EXPECT_TRUE(std::equal(out.begin(), out.end(), content_.begin() + static_cast<long>(offset)));
  }
}

TEST_F(DirectFileTest, PastTheEndIsAnError) {
  auto file = DirectFile::open(path_);
  ASSERT_TRUE(file.ok());
  uint8_t out[16];
  EXPECT_FALSE(file->read(999990, out).ok());
  EXPECT_FALSE(file->read(uint64_t{1} << 40, out).ok());
}

TEST_F(DirectFileTest, HashIsThatOfTheRangesOneAfterTheOther) {
  auto file = DirectFile::open(path_);
  ASSERT_TRUE(file.ok());
  const ByteRange whole[] = {{0, content_.size()}};
  EXPECT_EQ(file->hash(whole).value(), checksum_of(content_));
  const ByteRange parts[] = {{8192, 300000}, {0, 4096}};
  std::vector<uint8_t> joined(content_.begin() + 8192, content_.begin() + 308192);
  joined.insert(joined.end(), content_.begin(), content_.begin() + 4096);
  EXPECT_EQ(file->hash(parts).value(), checksum_of(joined));
}

TEST_F(DirectFileTest, MissingDiskIsNamed) {
  const auto file = DirectFile::open(directory_ / "none");
  ASSERT_FALSE(file.ok());
  EXPECT_NE(file.error().text().find("/none"), std::string_view::npos);
}

}  // namespace
}  // namespace nvresume
