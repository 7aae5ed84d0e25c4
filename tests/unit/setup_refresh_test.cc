// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/refresh.h"

#include "kernel-cmdline/esp.h"
#include "tests/unit/setup_fixture.h"

namespace nvresume {
namespace {

constexpr char kStageOnEsp[] = "/boot/efi/EFI/nvresume/nvresume.efi";

class Refresh : public SetupMachine {
 protected:
  void SetUp() override {
    SetupMachine::SetUp();
    put(kInstalledStage, "the new stage");
  }
};

TEST_F(Refresh, UpdateRenewsTheStageOnce) {
  put(kStageOnEsp, "the old stage");
  const auto first = refresh_stage();
  ASSERT_EQ(told(first), "ok");
  EXPECT_TRUE(first.value());
  EXPECT_EQ(contents(kStageOnEsp), "the new stage");
  EXPECT_FALSE(refresh_stage().value());
}

TEST_F(Refresh, MountedEspComesBeforeADirectoryOfThatName) {
  put(kStageOnEsp, "below an empty mount point");
  put("/efi/EFI/nvresume/nvresume.efi", "the old stage");
  put("/proc/self/mountinfo", "22 1 8:1 / /efi rw - vfat /dev/sda1 rw\n");
  ASSERT_EQ(told(refresh_stage()), "ok");
  EXPECT_EQ(contents("/efi/EFI/nvresume/nvresume.efi"), "the new stage");
  EXPECT_EQ(contents(kStageOnEsp), "below an empty mount point");
}

TEST_F(Refresh, EspThatIsNotMountedIsTold) {
  put("/boot/efi/EFI/debian/grubx64.efi", "loader");
  EXPECT_EQ(
      told(refresh_stage()),
      "unsupported-setup: the stage is not on the EFI system partition; mount it and run nvresume "
      "refresh, or run nvresume setup");
  EXPECT_EQ(contents(kStageOnEsp), "(no file)");
}

}  // namespace
}  // namespace nvresume
