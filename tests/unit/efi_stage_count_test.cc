// SPDX-License-Identifier: GPL-2.0-or-later
// The whole stage: when and as what a boot is counted. The plug is pulled in the loader, or its
// kernel takes over; what the NVM says then is what the next boot finds.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "efi/physical_nvm.h"
#include "efi/variables.h"
#include "image/image_area.h"
#include "image/ticket.h"
#include "tests/unit/efi_fake_image.h"
#include "tests/unit/efi_fake_linux.h"

namespace nvresume::efi {
namespace {

constexpr uint64_t kNvm = 0x20000000;
constexpr uint64_t kNvmBytes = 128 << 20;
const std::string kGrub = "\\EFI\\debian\\grubx64.efi";

class StageCountTest : public testing::Test {
 protected:
  StageCountTest() {
    firmware_.put_file(kGrub);
    firmware_.install_nvm(kNvm, kNvmBytes, NvmKind::kUnknown);
    NvresumeConfig config = default_config();
    config.mode = static_cast<uint32_t>(RangeMode::kExplicit);
    config.range_base = kNvm;
    config.range_bytes = kNvmBytes;
    config.direct = static_cast<uint32_t>(DirectMode::kOff);
    firmware_.put_config(config);
    boot([] {});
    format_range(range_);
    boot([this] { end_boot_services(); });
  }

  Superblock superblock() {
    PhysicalNvm nvm(range_.range_base, range_.image_bytes);
    return ImageArea::peek(nvm)->superblock();
  }
  /// One boot up to what happens in `loader`, where it ends without a word: whatever the stage does
  /// once that returns does not count.
  void boot(const std::function<void()>& loader) {
    std::vector<uint8_t> superblocks(2 * kBlockBytes);
    firmware_.in_loader = [&] {
      if (firmware_.range().image_bytes != 0) range_ = firmware_.range();
      loader();
      memcpy(superblocks.data(), reinterpret_cast<const void*>(kNvm), superblocks.size());
    };
    (void)firmware_.run_stage();
    memcpy(reinterpret_cast<void*>(kNvm), superblocks.data(), superblocks.size());
  }
  void boot_linux(const std::vector<uint8_t>& initramfs) {
    boot([&] {
      FakeLinux kernel(firmware_.memory);
      kernel.load(initramfs, "quiet");
      end_boot_services();
      kernel.unload();
    });
  }
  void end_boot_services() {
    firmware_.end_boot_services();
    EXPECT_EQ(firmware_.calls_while_ending, 0) << "the memory map is the kernel's already";
  }
  void save() { save_direct_image(range_); }
  bool says(const std::string& text) const {
    return firmware_.console.find(text) != std::string::npos;
  }
  /// The restore of the boot that was just counted goes on.
  void expect_accepted() { EXPECT_TRUE(check_ticket(superblock()).ok()); }

  FakeFirmware firmware_;
  NvresumeRange range_{};
};

TEST_F(StageCountTest, BootIsCountedOnceWhenBootServicesEnd) {
  const uint64_t before = superblock().boot_count;
  boot([&] {
    EXPECT_EQ(superblock().boot_count, before) << "nothing has run yet";
    EXPECT_EQ(firmware_.watchers_out(), 1u);
    end_boot_services();
    EXPECT_EQ(superblock().boot_count, before + 1);
    end_boot_services();  // firmware whose first try failed
    EXPECT_EQ(superblock().boot_count, before + 1);
  });
  EXPECT_EQ(range_.boot_count, before + 1) << "published is the number this boot has";
}

TEST_F(StageCountTest, PlugPulledInTheLoaderChangesNothing) {
  save();
  const Superblock before = superblock();
  for (int cut = 0; cut < 5; ++cut) boot([] {});
  const Superblock after = superblock();
  EXPECT_EQ(memcmp(&before, &after, sizeof before), 0);
  boot_linux(fake_initramfs());
  expect_accepted();
}

TEST_F(StageCountTest, BootOfTheSavesInitramfsIsAnAttemptOfItsOwn) {
  save();
  boot_linux(fake_initramfs());
  EXPECT_EQ(superblock().attempt_count, 1u);
  EXPECT_EQ(superblock().attempt_boot_count, superblock().boot_count);
  expect_accepted();
  // Its power is cut before it does anything: the next one resumes.
  boot_linux(fake_initramfs());
  EXPECT_FALSE(says("no image to resume")) << firmware_.console;
  expect_accepted();
}

TEST_F(StageCountTest, AttemptsCutAgainAndAgainReachTheLimit) {
  save();
  for (int attempt = 0; attempt < 2; ++attempt) boot_linux(fake_initramfs());
  boot_linux(fake_initramfs());
  EXPECT_TRUE(says("no image to resume: attempt-limit")) << firmware_.console;
  EXPECT_EQ(superblock().attempt_count, 2u);
}

TEST_F(StageCountTest, BootOfAnotherInitramfsIsABootInBetween) {
  save();
  std::vector<uint8_t> other = fake_initramfs();
  other.back() ^= 1;
  boot_linux(other);
  EXPECT_EQ(superblock().attempt_count, 0u);
  expect_accepted();  // it may be ours after all; its restore counts itself
  boot_linux(fake_initramfs());
  EXPECT_TRUE(says("no image to resume: other-boot")) << firmware_.console;
  EXPECT_EQ(superblock().attempt_count, 0u) << "no attempt at what is refused";
}

TEST_F(StageCountTest, WithoutAnImageTheSavesInitramfsIsAnOrdinaryBoot) {
  boot_linux(fake_initramfs());
  EXPECT_EQ(superblock().attempt_count, 0u);
  EXPECT_EQ(superblock().attempt_boot_count, 0u);
}

TEST_F(StageCountTest, ReturnToFirmwareIsABootInBetween) {
  save();
  const uint64_t before = superblock().boot_count;
  firmware_.in_loader = [] {};
  (void)firmware_.run_stage();
  EXPECT_EQ(superblock().boot_count, before + 1);
  EXPECT_EQ(firmware_.watchers_out(), 0u);
  boot_linux(fake_initramfs());
  EXPECT_TRUE(says("other-boot")) << firmware_.console;
}

TEST_F(StageCountTest, WithoutALoaderTheBootIsCountedAtOnce) {
  const uint64_t before = superblock().boot_count;
  firmware_.remove_file(kGrub);
  (void)firmware_.run_stage();
  EXPECT_EQ(superblock().boot_count, before + 1);
}

TEST_F(StageCountTest, LoaderThatReturnsAfterItEndedBootServicesIsABootInBetween) {
  save();
  firmware_.in_loader = [&] {
    FakeLinux kernel(firmware_.memory);
    kernel.load(fake_initramfs(), "quiet");
    end_boot_services();
    kernel.unload();
  };
  (void)firmware_.run_stage();
  boot_linux(fake_initramfs());
  EXPECT_TRUE(says("other-boot")) << firmware_.console;
}

TEST_F(StageCountTest, FirmwareWithoutAnEventCountsBeforeTheLoader) {
  // Calls that may fail, up to the loader; the last of them creates the event.
  uint32_t calls = 0;
  boot([&] { calls = firmware_.fallible_calls(); });
  const uint64_t before = superblock().boot_count;
  firmware_.fail_call(calls);
  boot([&] {
    EXPECT_EQ(firmware_.watchers_out(), 0u);
    EXPECT_EQ(superblock().boot_count, before + 1);
  });
  EXPECT_EQ(firmware_.started, std::vector<std::string>{kGrub});
}

TEST_F(StageCountTest, SecondStageOfOneBootCountsNothing) {
  const uint64_t before = superblock().boot_count;
  int starts = 0;
  boot([&] {
    if (++starts == 1) (void)firmware_.start_stage();
    EXPECT_EQ(firmware_.watchers_out(), 1u);
  });
  EXPECT_EQ(superblock().boot_count, before);
}

}  // namespace
}  // namespace nvresume::efi
