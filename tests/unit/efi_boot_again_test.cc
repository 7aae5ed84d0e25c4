// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/boot_again.h"

#include "tests/unit/efi_stage_direct.h"

namespace nvresume::efi {
namespace {

class BootAgain : public StageDirectTest {
 protected:
  void set_entries(std::vector<uint8_t> order) {
    firmware_.put_variable("BootCurrent", {3, 0});
    firmware_.put_variable("BootOrder", std::move(order));
  }
};

TEST_F(BootAgain, AnImageBehindAnotherEntryIsFoundAtTheNextBoot) {
  save();
  set_entries({5, 0, 3, 0});
  boot();
  EXPECT_EQ(firmware_.variable("BootNext"), (std::vector<uint8_t>{3, 0})) << firmware_.console;
}

TEST_F(BootAgain, WhereOursIsFirstNothingIsWritten) {
  save();
  set_entries({3, 0, 5, 0});
  boot();
  EXPECT_EQ(firmware_.variable("BootNext"), std::vector<uint8_t>());
}

TEST_F(BootAgain, WithoutAnImageNothingIsWritten) {
  set_entries({5, 0, 3, 0});
  boot();
  EXPECT_EQ(firmware_.variable("BootNext"), std::vector<uint8_t>());
}

TEST_F(BootAgain, FirmwareThatDoesNotTellItsOrderKeepsNobodyFromResuming) {
  save();
  boot();
  EXPECT_NE(firmware_.console.find("boot order"), std::string::npos) << firmware_.console;
  EXPECT_EQ(fake_hand_over.count, 1);
}

}  // namespace
}  // namespace nvresume::efi
