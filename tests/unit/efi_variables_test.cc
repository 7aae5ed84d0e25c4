// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/efi_variables.h"

#include <gtest/gtest.h>

#include <random>

#include "image/media.h"
#include "tests/seed.h"
#include "tests/test_image.h"

namespace nvresume {
namespace {

NvresumeConfig good_config() {
  NvresumeConfig config{};
  config.version = 1;
  config.size_bytes = sizeof(config);
  config.mode = static_cast<uint32_t>(RangeMode::kExplicit);
  config.factor_percent = 200;
  config.range_base = kTestRangeBase;
  config.range_bytes = 1 << 30;
  config.direct = static_cast<uint32_t>(DirectMode::kOff);
  config.next_loader[0] = '\\';
  return config;
}

NvresumeRange good_range() {
  NvresumeRange range{};
  range.version = 2;
  range.size_bytes = sizeof(range);
  range.range_base = kTestRangeBase;
  range.image_bytes = kTestGeometry.image_bytes;
  range.swap_bytes = kTestGeometry.swap_bytes;
  range.available_bytes = 1 << 30;
  range.kind = static_cast<uint32_t>(RangeKind::kUnmapped);
  range.formatted = 1;
  range.boot_count = 5;
  range.decision = static_cast<uint32_t>(StageDecision::kChain);
  return range;
}

std::string config_fault(const NvresumeConfig& config) {
  const Status status = check_config(bytes_of(config));
  return status.ok() ? "" : std::string(status.error().text());
}
std::string range_fault(const NvresumeRange& range) {
  const Status status = check_range(bytes_of(range));
  return status.ok() ? "" : std::string(status.error().text());
}

TEST(ConfigVariableTest, AGoodOneIsAcceptedAndEachBadFieldNamed) {
  EXPECT_EQ(config_fault(good_config()), "");
  const auto fault = [](auto NvresumeConfig::*field, uint64_t value) {
    NvresumeConfig config = good_config();
    config.*field = static_cast<std::remove_reference_t<decltype(config.*field)>>(value);
    return config_fault(config);
  };
  EXPECT_EQ(fault(&NvresumeConfig::version, 2), "NvresumeConfig: version 2");
  EXPECT_EQ(fault(&NvresumeConfig::size_bytes, 8), "NvresumeConfig: size_bytes 8");
  EXPECT_EQ(fault(&NvresumeConfig::mode, 0), "NvresumeConfig: mode 0");
  EXPECT_EQ(fault(&NvresumeConfig::factor_percent, 54), "NvresumeConfig: factor_percent 54");
  EXPECT_EQ(fault(&NvresumeConfig::direct, 4), "NvresumeConfig: direct 4");
  EXPECT_EQ(fault(&NvresumeConfig::flags, 1), "NvresumeConfig: flags 0x1");
  EXPECT_NE(fault(&NvresumeConfig::range_base, 4096), "");
  EXPECT_NE(fault(&NvresumeConfig::range_bytes, 0), "");
  EXPECT_NE(fault(&NvresumeConfig::range_bytes, UINT64_MAX), "");
}

TEST(ConfigVariableTest, APathWithoutAnEndIsRefused) {
  NvresumeConfig config = good_config();
  for (uint16_t& unit : config.next_loader) unit = 'x';
  EXPECT_EQ(config_fault(config), "NvresumeConfig: next_loader has no end");
}

TEST(ConfigVariableTest, AutoNeedsNoRange) {
  NvresumeConfig config = good_config();
  config.mode = static_cast<uint32_t>(RangeMode::kAuto);
  config.range_base = config.range_bytes = 0;
  EXPECT_EQ(config_fault(config), "");
}

TEST(RangeVariableTest, AGoodOneIsAcceptedAndEachBadFieldNamed) {
  EXPECT_EQ(range_fault(good_range()), "");
  const auto fault = [](auto NvresumeRange::*field, uint64_t value) {
    NvresumeRange range = good_range();
    range.*field = static_cast<std::remove_reference_t<decltype(range.*field)>>(value);
    return range_fault(range);
  };
  EXPECT_EQ(fault(&NvresumeRange::version, 0), "NvresumeRange: version 0");
  EXPECT_EQ(fault(&NvresumeRange::size_bytes, 95), "NvresumeRange: size_bytes 95");
  EXPECT_EQ(fault(&NvresumeRange::kind, 5), "NvresumeRange: kind 5");
  EXPECT_EQ(fault(&NvresumeRange::formatted, 2), "NvresumeRange: formatted 2");
  EXPECT_EQ(fault(&NvresumeRange::decision, 0), "NvresumeRange: decision 0");
  EXPECT_NE(fault(&NvresumeRange::formatted, 0), "") << "boots are counted in it";
  EXPECT_NE(fault(&NvresumeRange::range_base, 12345), "");
  EXPECT_NE(fault(&NvresumeRange::image_bytes, 1), "");
  EXPECT_NE(fault(&NvresumeRange::swap_bytes, 0), "");
  EXPECT_NE(fault(&NvresumeRange::available_bytes, 4096), "");
  EXPECT_NE(fault(&NvresumeRange::available_bytes, UINT64_MAX), "");
  EXPECT_EQ(check_range({}).error().reason(), Reason::kNoRange);
}

TEST(VariableTest, AnyOtherSizeIsRefused) {
  const std::vector<uint8_t> bytes(1024);
  for (size_t size = 0; size < bytes.size(); size++) {
    const ConstBytes variable = ConstBytes(bytes).first(size);
    EXPECT_FALSE(check_config(variable).ok());
    EXPECT_FALSE(check_range(variable).ok());
  }
}

TEST(VariableTest, UnalignedBytesAreReadAsTheyCome) {
  std::vector<uint8_t> bytes(1 + sizeof(NvresumeRange));
  const NvresumeRange range = good_range();
  memcpy(bytes.data() + 1, &range, sizeof(range));
  EXPECT_TRUE(check_range(ConstBytes(bytes).subspan(1)).ok());
}

}  // namespace
}  // namespace nvresume
