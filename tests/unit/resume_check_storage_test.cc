// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class CheckStorage : public CheckTest {
 protected:
  void mount_encrypted() {
    root_.write("/proc/self/mountinfo", "40 25 253:0 / /home rw - ext4 /dev/mapper/home rw\n");
    root_.write("/sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS2-home\n");
  }
};

TEST_F(CheckStorage, PlainAndProvableFileSystemsPass) {
  expect_pass("encryption");
  expect_pass("file-systems");
}

TEST_F(CheckStorage, EncryptedMountFailsUnlessItIsPermitted) {
  mount_encrypted();
  expect_fail("encryption", Reason::kEncryptedDisk, "/home lies on dm-crypt",
              "store-memory-unencrypted=yes");
  root_.write("/etc/nvresume.conf", "store-memory-unencrypted=yes\n");
  expect_warn("encryption", "its key into the NVM in clear", "take it out", Reason::kEncryptedDisk);
}

TEST_F(CheckStorage, FileSystemThatCannotBeProvenFailsByName) {
  machine_.unprovable.value->push_back("zfs on /srv (tank)");
  expect_fail("file-systems", Reason::kUnsupportedStorage, "zfs on /srv (tank)", "unmount");
}

TEST_F(CheckStorage, UnreadableFileSystemFails) {
  machine_.unprovable =
      Fact<std::vector<std::string>>(Error(Reason::kIoError, "open /dev/vdb1: no"));
  expect_fail("file-systems", Reason::kIoError, "/dev/vdb1", "unmount");
}

}  // namespace
}  // namespace nvresume
