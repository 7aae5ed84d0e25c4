// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/published_range.h"

#include <cstring>

#include "tests/test_image.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kVariablePath[] =
    "/sys/firmware/efi/efivars/NvresumeRange-8d2e5c1a-6f0b-4b7e-9c3d-4e565245534d";

class PublishedRange : public testing::Test {
 protected:
  PublishedRange() {
    range_.version = 2;
    range_.size_bytes = sizeof(range_);
    range_.range_base = kTestRangeBase;
    range_.image_bytes = kTestGeometry.image_bytes;
    range_.swap_bytes = kTestGeometry.swap_bytes;
    range_.available_bytes = kTestGeometry.total_bytes();
    range_.ordinary_bytes = uint64_t{1} << 30;
    range_.kind = static_cast<uint32_t>(RangeKind::kUnmapped);
    range_.formatted = 1;
    range_.boot_count = 7;
    range_.decision = static_cast<uint32_t>(StageDecision::kChain);
  }
  void publish(uint32_t attributes, size_t bytes = sizeof(NvresumeRange)) {
    std::string file(reinterpret_cast<const char*>(&attributes), sizeof(attributes));
    file.append(reinterpret_cast<const char*>(&range_), std::min(bytes, sizeof(range_)));
    file.resize(sizeof(attributes) + bytes);
    root_.write(kVariablePath, file);
  }
  void expect_refused(std::string_view part_of_text) {
    const auto range = read_published_range();
    ASSERT_FALSE(range.ok());
    EXPECT_EQ(range.error().reason(), Reason::kNoRange);
    EXPECT_NE(range.error().text().find(part_of_text), std::string_view::npos)
        << range.error().text();
  }

  SystemRoot root_;
  NvresumeRange range_{};
};

TEST_F(PublishedRange, IsReadBackWhole) {
  range_.stage_ns = 0x0a0a0a0a0a0a0a0a;  // ends in newline bytes
  publish(kRangeAttributes);
  const auto range = read_published_range();
  ASSERT_TRUE(range.ok()) << range.error().text();
  EXPECT_EQ(memcmp(&range.value(), &range_, sizeof(range_)), 0);
}

TEST_F(PublishedRange, BiosMachineHasNone) { expect_refused("UEFI"); }

TEST_F(PublishedRange, StageThatFoundNoNvmSaysSo) {
  range_ = {};
  range_.version = 2;
  range_.size_bytes = sizeof(range_);
  publish(kRangeAttributes);
  expect_refused("no reason");
  range_.reason = static_cast<uint32_t>(Reason::kNoNvm);
  publish(kRangeAttributes);
  const auto range = read_published_range();
  ASSERT_FALSE(range.ok());
  EXPECT_EQ(range.error().reason(), Reason::kNoNvm);
}

TEST_F(PublishedRange, BootThatBypassedTheStageHasNone) {
  root_.write("/sys/firmware/efi/efivars/BootOrder-8be4df61-93ca-11d2-aa0d-00e098032b8c", "x");
  expect_refused("did not come through");
}

TEST_F(PublishedRange, NonVolatileVariableIsNotTheStages) {
  publish(kConfigAttributes);
  expect_refused("attributes");
}

TEST_F(PublishedRange, OtherSizeIsRefused) {
  publish(kRangeAttributes, sizeof(NvresumeRange) - 8);
  expect_refused("176 bytes");
}

TEST_F(PublishedRange, UnknownVersionIsRefused) {
  range_.version = 3;
  publish(kRangeAttributes);
  expect_refused("version");
}

}  // namespace
}  // namespace nvresume
