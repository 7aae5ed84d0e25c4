// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/direct_rules.h"

#include <gtest/gtest.h>
#include <string.h>

#include <memory>
#include <vector>

#include "image/media.h"

namespace nvresume::efi {
namespace {

class DirectRulesTest : public ::testing::Test {
 protected:
  DirectRulesTest() {
    facts_.version = 1;
    facts_.paging_levels = 4;
    facts_.pat = 0x0407050600070106;
    statistics_.platform_mode = 1;
    strcpy(header_.kernel_release, "6.1.0-56-amd64");
    seal(*saved_);
    seal(*now_);
  }
  Reason check() {
    seal(*saved_);
    seal(*now_);
    auto status = check_direct_record({&header_, &facts_, saved_.get(), &statistics_}, *now_);
    return status.ok() ? Reason::kNone : status.error().reason();
  }
  void change(FingerprintItem item) { now_->items[static_cast<uint32_t>(item)]++; }

  MetadataHeader header_{};
  DirectFacts facts_{};
  Statistics statistics_{};
  std::unique_ptr<Fingerprint> saved_ = std::make_unique<Fingerprint>();
  std::unique_ptr<Fingerprint> now_ = std::make_unique<Fingerprint>();
};

TEST_F(DirectRulesTest, TheSameMachineAndAKnownKernelPass) { EXPECT_EQ(check(), Reason::kNone); }

TEST_F(DirectRulesTest, ASaveWithoutPlatformModeIsRefused) {
  statistics_.platform_mode = 0;
  EXPECT_EQ(check(), Reason::kNoPlatformMode);
}

TEST_F(DirectRulesTest, AnUntriedKernelIsRefused) {
  strcpy(header_.kernel_release, "6.12.5-amd64");
  EXPECT_EQ(check(), Reason::kKernelUntried);
}

TEST_F(DirectRulesTest, AReleaseThatOnlyBeginsAlikeIsRefused) {
  strcpy(header_.kernel_release, "6.10.1-amd64");
  EXPECT_EQ(check(), Reason::kKernelUntried);
}

TEST_F(DirectRulesTest, OnlyDepthsThatExistAreSwitchedTo) {
  EXPECT_TRUE(check_paging(4).ok());
  EXPECT_EQ(check_paging(3).error().reason(), Reason::kPagingUntried);
}

TEST_F(DirectRulesTest, FirmwareTablesThatDidNotFitAreRefused) {
  facts_.raw_bytes_left_out = 4096;
  EXPECT_EQ(check(), Reason::kNoDirectFacts);
}

TEST_F(DirectRulesTest, AnUnknownPatIsRefused) {
  facts_.pat = 0;
  EXPECT_EQ(check(), Reason::kNoDirectFacts);
}

TEST_F(DirectRulesTest, EachPartOfTheMachineHasItsReason) {
  const std::pair<FingerprintItem, Reason> cases[] = {
      {FingerprintItem::kFirmware, Reason::kFirmwareChanged},
      {FingerprintItem::kCpuid, Reason::kProcessorChanged},
      {FingerprintItem::kProcessors, Reason::kProcessorChanged},
      {FingerprintItem::kPaging, Reason::kProcessorChanged},
      {FingerprintItem::kPciDevices, Reason::kDevicesChanged},
      {FingerprintItem::kMemoryMap, Reason::kMemoryMapChanged},
      {FingerprintItem::kRuntimeMap, Reason::kRuntimeChanged},
      {FingerprintItem::kAcpiTables, Reason::kAcpiChanged},
      {FingerprintItem::kFacsSignature, Reason::kAcpiChanged},
  };
  for (const auto& [item, reason] : cases) {
    change(item);
    EXPECT_EQ(check(), reason);
    *now_ = *saved_;
  }
}

TEST_F(DirectRulesTest, OffMeansOffAndSlowNvmMeansTheOtherWay) {
  NvresumeConfig config{};
  NvresumeRange range{};
  config.direct = static_cast<uint32_t>(DirectMode::kOff);
  EXPECT_EQ(check_direct_switch(config, range).error().reason(), Reason::kDirectOff);
  config.direct = static_cast<uint32_t>(DirectMode::kTrial);
  EXPECT_TRUE(check_direct_switch(config, range).ok());
  range.load_mb_per_s = kLoadFloorMbPerS - 1;
  EXPECT_EQ(check_direct_switch(config, range).error().reason(), Reason::kNvmSlow);
}

}  // namespace
}  // namespace nvresume::efi
