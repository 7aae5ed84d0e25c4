// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/hibernation.h"

#include "resume/config_file.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class Hibernation : public testing::Test {
 protected:
  void expect_refused(std::string_view part_of_text,
                      Reason reason = Reason::kHibernationUnavailable) {
    const Status available = check_hibernation_available();
    ASSERT_FALSE(available.ok());
    EXPECT_EQ(available.error().reason(), reason);
    EXPECT_NE(available.error().text().find(part_of_text), std::string_view::npos)
        << available.error().text();
  }
  SystemRoot root_;
};

TEST_F(Hibernation, IsAvailable) {
  root_.write("/sys/power/state", "freeze mem disk\n");
  root_.write("/sys/power/disk", "[platform] shutdown reboot suspend test_resume\n");
  EXPECT_TRUE(check_hibernation_available().ok());
}

TEST_F(Hibernation, LockdownIsNamed) {
  root_.write("/sys/power/state", "freeze mem\n");
  root_.write("/sys/power/disk", "[disabled]\n");
  root_.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  expect_refused("lockdown is on (none [integrity] confidentiality)", Reason::kLockdown);
}

TEST_F(Hibernation, NohibernateIsNamed) {
  root_.write("/sys/power/disk", "[disabled]\n");
  root_.write("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/vda2 nohibernate quiet\n");
  expect_refused("nohibernate");
}

TEST_F(Hibernation, SecretMemoryUserIsNamed) {
  root_.write("/sys/power/disk", "[disabled]\n");
  root_.write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
  root_.write("/proc/812/maps",
              "7f0000000000-7f0000001000 rw-s 00000000 00:01 19 /secretmem (deleted)\n");
  root_.write("/proc/812/comm", "keyring\n");
  expect_refused("keyring (812)");
}

TEST_F(Hibernation, SettingsAreReadWithoutCommentsAndBlanks) {
  root_.write("/etc/nvresume.conf",
              "# initramfs=/no\n initramfs = /boot/mine.img \nstore-memory-unencrypted=yes\n");
  EXPECT_EQ(read_setting("initramfs"), "/boot/mine.img");
  EXPECT_EQ(read_setting("store-memory-unencrypted"), "yes");
  EXPECT_EQ(read_setting("other"), std::nullopt);
}

}  // namespace
}  // namespace nvresume
