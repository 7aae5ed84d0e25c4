// SPDX-License-Identifier: GPL-2.0-or-later
// Ranges written by each format version, read by this one.
#include "tests/golden/golden_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "image/codec.h"

namespace nvresume {
namespace {

/// The stream in every golden image; frozen with the files.
constexpr uint64_t kStreamBytes = 9 * kPageBytes;
constexpr uint64_t kStreamChecksum = 0x54a06083ec5abd9f;

std::vector<std::string> golden_files() {
  std::vector<std::string> paths;
  for (const auto& file : std::filesystem::directory_iterator("tests/golden/v1"))
    paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

class GoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, IsJudgedByItsName) {
  const std::string name = std::filesystem::path(GetParam()).filename();
  TestRange range = read_golden(GetParam());
  const auto stream = look_for_image(range.area, range.swap);
  const std::string expected = name.substr(0, name.find("--"));
  if (!stream.ok()) {
    EXPECT_EQ(reason_name(stream.error().reason()), expected) << stream.error().text();
    return;
  }
  EXPECT_EQ(expected, "none");
  EXPECT_EQ(stream->size(), kStreamBytes);
  EXPECT_EQ(checksum_of(*stream), kStreamChecksum);
}

INSTANTIATE_TEST_SUITE_P(Version1, GoldenTest, ::testing::ValuesIn(golden_files()),
                         [](const auto& file) {
                           std::string name = std::filesystem::path(file.param).stem().stem();
                           for (char& letter : name) letter = isalnum(letter) ? letter : '_';
                           return name;
                         });

}  // namespace
}  // namespace nvresume
