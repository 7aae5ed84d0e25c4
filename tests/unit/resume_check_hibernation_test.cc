// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckHibernation : public CheckTest {
 protected:
  void forbid() { root_.write("/sys/power/disk", "[disabled]\n"); }
};

TEST_F(CheckHibernation, KernelThatOffersItPasses) {
  expect_pass("lockdown", "off");
  expect_pass("nohibernate");
  expect_pass("secret-memory");
  expect_pass("cxl-memory");
  expect_pass("hibernation", "[platform] shutdown");
}

TEST_F(CheckHibernation, KernelWithoutLockdownHasNoneOn) {
  root_.write("/sys/kernel/security/lockdown", "");
  expect_pass("lockdown");
}

TEST_F(CheckHibernation, LockdownIsTheOnlyOneTold) {
  forbid();
  root_.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  expect_fail("lockdown", Reason::kLockdown, "[integrity]", "Secure Boot");
  EXPECT_FALSE(has_row("hibernation")) << "the cause is told, once";
}

TEST_F(CheckHibernation, NohibernateIsNamedAsItWasTyped) {
  forbid();
  root_.write("/proc/cmdline", "quiet hibernate=no\n");
  expect_fail("nohibernate", Reason::kHibernationUnavailable, "hibernate=no", "update-grub");
  root_.write("/proc/cmdline", "quiet nohibernate\n");
  expect_fail("nohibernate", Reason::kHibernationUnavailable, "nohibernate is", "update-grub");
}

TEST_F(CheckHibernation, HolderOfSecretMemoryIsNamed) {
  root_.write("/proc/812/maps", "7f00-7f01 rw-s 00000000 00:01 19 /secretmem (deleted)\n");
  root_.write("/proc/812/comm", "keyring\n");
  expect_pass("secret-memory");  // the kernel hibernates all the same: it has none
  forbid();
  expect_fail("secret-memory", Reason::kHibernationUnavailable, "keyring (812)", "end that");
  EXPECT_FALSE(has_row("hibernation"));
}

TEST_F(CheckHibernation, ActiveCxlMemoryIsNamed) {
  root_.write("/sys/bus/cxl/drivers/cxl_mem/mem1/serial", "");
  expect_pass("cxl-memory");  // an older kernel, which does not mind
  std::filesystem::remove_all(root_.path("/sys/bus/cxl/drivers/cxl_mem/mem1"));
  forbid();
  root_.write("/sys/bus/cxl/drivers/cxl_mem/bind", "");
  expect_pass("cxl-memory");
  root_.write("/sys/bus/cxl/drivers/cxl_mem/mem0/serial", "");
  expect_fail("cxl-memory", Reason::kHibernationUnavailable, "mem0", "cxl disable-memdev mem0");
}

TEST_F(CheckHibernation, KernelThatSaysNoWithoutAKnownCauseFails) {
  forbid();
  expect_fail("hibernation", Reason::kHibernationUnavailable, "no hibernation",
              "CONFIG_HIBERNATION");
  root_.write("/sys/power/disk", "[platform]\n");
  root_.write("/sys/power/state", "freeze mem\n");
  expect_fail("hibernation", Reason::kHibernationUnavailable, "no hibernation",
              "CONFIG_HIBERNATION");
}

}  // namespace
}  // namespace nvresume
