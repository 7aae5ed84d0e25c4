// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckCommandLine : public CheckTest {
 protected:
  void next_boot(const std::string& arguments) {
    machine_.default_entry.value->arguments = arguments;
  }
  void hide_menu() {
    machine_.default_entry = Fact<DefaultEntry>(Error(Reason::kUnsupportedSetup, "no grub.cfg"));
  }
};

TEST_F(CheckCommandLine, ResumeFromTheNvmPasses) {
  expect_pass("command-line", "resume=/dev/NVM_SWAP");
  hide_menu();
  expect_pass("command-line", "resume=/dev/NVM_SWAP");
}

TEST_F(CheckCommandLine, WhatKeepsTheNextBootFromResumingFails) {
  const std::pair<const char*, Reason> obstacles[] = {
      {"rd.nvresume=0", Reason::kDisabled},
      {"rd.nvresume=no", Reason::kDisabled},
      {"rd.nvresume=off", Reason::kDisabled},
      {"nohibernate", Reason::kHibernationUnavailable},
      {"hibernate=no", Reason::kHibernationUnavailable},
      {"lockdown=integrity", Reason::kLockdown},
      {"lockdown=confidentiality", Reason::kLockdown},
  };
  for (const auto& [option, reason] : obstacles) {
    next_boot("ro resume=/dev/NVM_SWAP " + std::string(option));
    expect_fail("command-line", reason, option, "update-grub");
  }
}

TEST_F(CheckCommandLine, WhatWasTypedForThisBootOnlyDoesNotCount) {
  root_.write("/proc/cmdline", "resume=/dev/NVM_SWAP rd.nvresume=0\n");
  expect_pass("command-line");
  hide_menu();
  expect_warn("command-line", "rd.nvresume=0", "update-grub", Reason::kDisabled);
}

TEST_F(CheckCommandLine, ResumeThatIsMissingOrElsewhereIsAWarning) {
  next_boot("ro quiet");
  expect_warn("command-line", "resume=/dev/NVM_SWAP is missing", "update-grub");
  next_boot("resume=/dev/NVM_SWAP resume=UUID=12");
  expect_warn("command-line", "UUID=12", "update-grub");
}

TEST_F(CheckCommandLine, NoresumeOfTheNextBootFails) {
  next_boot("resume=/dev/NVM_SWAP noresume");
  expect_fail("command-line", Reason::kDisabled, "noresume", "update-grub");
}

}  // namespace
}  // namespace nvresume
