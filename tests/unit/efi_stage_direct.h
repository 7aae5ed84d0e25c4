// SPDX-License-Identifier: GPL-2.0-or-later
// efi_stage_direct.h: a machine whose stage may resume directly, up to the jump, which the fake
// does not let happen.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "efi/variables.h"
#include "tests/unit/efi_fake_image.h"
#include "tests/unit/efi_fake_processor.h"

namespace nvresume::efi {

inline constexpr uint64_t kNvm = 0x20000000;
inline constexpr uint64_t kNvmBytes = 128 << 20;
inline constexpr CHAR16 kNoCharacter = 0;
inline constexpr UINT16 kScanEscape = 0x17;  // UEFI 2.10, appendix B
inline const std::string kGrub = "\\EFI\\debian\\grubx64.efi";

class StageDirectTest : public testing::Test {
 protected:
  StageDirectTest() {
    firmware_.put_file(kGrub);
    firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
    config_.mode = static_cast<uint32_t>(RangeMode::kExplicit);
    config_.range_base = kNvm;
    config_.range_bytes = kNvmBytes;
    config_.direct = static_cast<uint32_t>(DirectMode::kTrial);
    firmware_.put_config(config_);
    firmware_.in_loader = [this] {
      // Else the one known from before.
      if (firmware_.has_range() && firmware_.range().image_bytes != 0) range_ = firmware_.range();
      EXPECT_EQ(firmware_.memory.pages_out(), 0u) << "the stage's own memory is given back first";
      EXPECT_EQ(firmware_.memory.pool_out(), 0u);
      EXPECT_EQ(firmware_.events_out(), firmware_.watchers_out());
      EXPECT_EQ(firmware_.watchdog_seconds, kFirmwareWatchdogSeconds);
    };
    (void)firmware_.run_stage();
    format_range(range_);
    (void)firmware_.run_stage();
    memory_before_ = firmware_.memory.map();
  }

  /// Saves in this boot; the machine is off then.
  void save() {
    if (saved_) (void)firmware_.run_stage();  // a boot to save in
    save_direct_image(range_);
    saved_ = true;
  }
  void boot() { (void)firmware_.run_stage(); }
  void press_escape() { firmware_.press_key(kNoCharacter, kScanEscape); }
  void expect_everything_given_back() {
    EXPECT_EQ(firmware_.memory.map(), memory_before_);
    EXPECT_EQ(firmware_.memory.pages_out(), 0u);
    EXPECT_EQ(firmware_.memory.pool_out(), 0u);
    EXPECT_EQ(firmware_.events_out(), 0u);
    EXPECT_EQ(firmware_.images_out(), 0u);
    EXPECT_EQ(firmware_.watchdog_seconds, kFirmwareWatchdogSeconds);
    EXPECT_FALSE(firmware_.has_range());
  }
  /// Refused: the image waits for the initramfs, which counts this boot's one attempt itself.
  void expect_refused(const std::string& text) {
    expect_everything_given_back();
    EXPECT_NE(firmware_.console.find("nvresume: not direct: " + text), std::string::npos)
        << firmware_.console;
    EXPECT_EQ(firmware_.started, std::vector<std::string>{kGrub});
    EXPECT_EQ(fake_hand_over.count, 0);
    EXPECT_TRUE(is_committed(range_));
  }

  FakeFirmware firmware_;
  NvresumeConfig config_ = default_config();
  NvresumeRange range_{};
  std::vector<FakeMemory::Entry> memory_before_;
  bool saved_ = false;
};

}  // namespace nvresume::efi
