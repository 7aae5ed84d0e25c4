// SPDX-License-Identifier: GPL-2.0-or-later
// An update of GRUB, whose grub-install puts its entry first, on a machine that is set up.
#include "kernel-cmdline/boot_bypass.h"

#include "kernel-cmdline/efi_store.h"
#include "resume/check_firmware.h"
#include "tests/unit/setup_debian.h"

namespace nvresume {
namespace {

class BootBypass : public DebianMachine {
 protected:
  void set_up_and_update_grub() {
    ASSERT_EQ(told(set_up()), "ok");
    put_variable("BootOrder", std::string("\0\0\x02\0\x01\0", 6));
  }
};

TEST_F(BootBypass, NothingIsToldBeforeSetupNorAfterIt) {
  EXPECT_EQ(describe_bypass(), "");
  ASSERT_EQ(told(set_up()), "ok");
  EXPECT_EQ(describe_bypass(), "");
}

TEST_F(BootBypass, EntryThatGrubPutFirstIsNamedWithTheRemedy) {
  set_up_and_update_grub();
  EXPECT_EQ(describe_bypass(),
            "the firmware starts Boot0000 \"debian\" first: a boot that bypasses nvresume cannot "
            "be saved; run nvresume setup, which puts it first");
}

TEST_F(BootBypass, LostBootOrderIsNamed) {
  ASSERT_EQ(told(set_up()), "ok");
  ASSERT_EQ(told(remove_efi_variable(EfiVendor::kGlobal, "BootOrder")), "ok");
  EXPECT_EQ(describe_bypass().find("the firmware has no boot order: "), 0u);
}

TEST_F(BootBypass, SetupPutsItRightAndChangesNothingElse) {
  ASSERT_EQ(told(set_up()), "ok");
  const Everything before = everything();
  set_up_and_update_grub();
  ASSERT_EQ(told(set_up()), "ok");
  EXPECT_EQ(describe_bypass(), "");
  EXPECT_EQ(difference(before, everything()), "");
}

TEST_F(BootBypass, RemoveLeavesTheOrderThatGrubMade) {
  set_up_and_update_grub();
  ASSERT_EQ(told(remove()), "ok");
  EXPECT_EQ(read_boot_order(), (std::vector<uint16_t>{0, 1}));
}

TEST_F(BootBypass, FilesAloneClaimNoOrder) {
  auto records = SetupRecords::load();
  ASSERT_EQ(told(records), "ok");
  for (const SetupStep& step : file_steps("/boot/efi", records.value()))
    ASSERT_EQ(told(step.make()), "ok");
  EXPECT_EQ(describe_bypass(), "");
}

}  // namespace
}  // namespace nvresume
