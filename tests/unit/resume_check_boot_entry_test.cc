// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

using CheckBootEntry = CheckTest;

TEST_F(CheckBootEntry, OursAndFirstPasses) {
  expect_pass("boot-entry");
  expect_pass("boot-order", "Boot0003 is first");
  expect_pass("secure-boot");
  expect_pass("stage-copy");
}

TEST_F(CheckBootEntry, MissingEntryFails) {
  machine_.boot_entry = Fact<uint16_t>(Error(Reason::kNoBootEntry, "none; run nvresume setup"));
  expect_fail("boot-entry", Reason::kNoBootEntry, "none", "nvresume setup");
  EXPECT_FALSE(has_row("boot-order"));
}

TEST_F(CheckBootEntry, AnotherEntryFirstIsAWarning) {
  machine_.boot_order = {10, 3};
  expect_warn("boot-order", "Boot000A is first", "Boot0003");
  machine_.boot_order.clear();
  expect_warn("boot-order", "nothing is first", "Boot0003");
}

TEST_F(CheckBootEntry, SecureBootIsAWarning) {
  machine_.secure_boot = true;
  expect_warn("secure-boot", "on", "sign", Reason::kLockdown);
}

TEST_F(CheckBootEntry, StageThatIsNotTheInstalledOneFails) {
  root_.write("/boot/efi/EFI/nvresume/nvresume.efi", "MZ stagE");
  expect_fail("stage-copy", Reason::kNoBootEntry, "not the installed stage", "nvresume setup");
}

TEST_F(CheckBootEntry, StageThatIsNotOnTheEspFails) {
  std::filesystem::remove(root_.path("/boot/efi/EFI/nvresume/nvresume.efi"));
  expect_fail("stage-copy", Reason::kNoBootEntry, "not on the EFI system", "nvresume setup");
}

TEST_F(CheckBootEntry, StageThatCannotBeComparedIsAWarning) {
  std::filesystem::remove(root_.path("/usr/lib/nvresume/nvresume.efi"));
  expect_warn("stage-copy", "nothing to compare", "install");
  root_.write("/proc/self/mountinfo", "36 25 254:2 / / rw - ext4 /dev/vda2 rw\n");
  expect_warn("stage-copy", "not mounted", "mount it");
}

TEST_F(CheckBootEntry, FatWithoutOurStageIsNotTheEspWhereAnotherHasIt) {
  root_.write("/media/usb/EFI/BOOT/BOOTX64.EFI", "MZ");
  root_.write("/proc/self/mountinfo",
              "35 25 8:1 / /media/usb rw - vfat /dev/sda1 rw\n"
              "36 25 254:1 / /boot/efi rw - vfat /dev/vda1 rw\n");
  expect_pass("stage-copy");
}

}  // namespace
}  // namespace nvresume
