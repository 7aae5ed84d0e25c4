// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckSwaps : public CheckTest {
 protected:
  void swap_on(std::initializer_list<const char*> names) {
    std::string text = "Filename\tType\tSize\tUsed\tPriority\n";
    for (const char* name : names) text += std::string(name) + " partition 1000 0 -2\n";
    root_.write("/proc/swaps", text);
  }
};

TEST_F(CheckSwaps, OursAlonePasses) {
  expect_pass("nvm-swap");
  expect_pass("other-swaps");
}

TEST_F(CheckSwaps, CompressedMemoryIsInTheImageAnyway) {
  swap_on({"/dev/zram0", "/dev/nvm_swap0"});
  expect_pass("nvm-swap");
  expect_pass("other-swaps");
}

TEST_F(CheckSwaps, SwapElsewhereIsAWarning) {
  swap_on({"/dev/nvm_swap0", "/dev/vda3", "/swapfile"});
  expect_pass("nvm-swap");
  expect_warn("other-swaps", "/dev/vda3 /swapfile", "swapoff /dev/vda3 /swapfile");
}

TEST_F(CheckSwaps, OursSwitchedOffIsAWarning) {
  swap_on({});
  expect_warn("nvm-swap", "off", "swapon /dev/NVM_SWAP");
  expect_pass("other-swaps");
  machine_.swap_disk_bytes = Fact<uint64_t>(Error(Reason::kNoNvm));
  EXPECT_FALSE(has_row("nvm-swap")) << "without its disk there is nothing to switch on";
}

}  // namespace
}  // namespace nvresume
