// SPDX-License-Identifier: GPL-2.0-or-later
// Below the Nvm seam: what a flush of the program, and a durable change of setup's, ask of the
// kernel.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "image/media.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/range_view.h"
#include "tests/crash/system_calls.h"
#include "tests/fake_nvm.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

using Calls = std::vector<std::string>;

class DiskFlush : public testing::Test {
 protected:
  SystemRoot root_;
};

TEST_F(DiskFlush, FlushOfAPartOfADiskReachesTheKernel) {
  root_.write("/dev/disk", std::string(4 * kBlockBytes, 'x'));
  auto part = DiskPart::open("/dev/disk", kBlockBytes, kBlockBytes);
  ASSERT_TRUE(part.ok()) << part.error().text();
  const NotedSystemCalls noted;
  AlignedBuffer block(kBlockBytes);
  ASSERT_TRUE(part->write(0, block.bytes()).ok());
  ASSERT_TRUE(part->flush().ok());
  EXPECT_EQ(noted.calls(), (Calls{"pwrite disk", "fdatasync disk"}));
}

TEST_F(DiskFlush, FileIsOnDiskBeforeItsNameAndTheNameBeforeTheNextStep) {
  root_.write("/etc/fstab", "old");
  const NotedSystemCalls noted;
  ASSERT_TRUE(write_durably("/etc/fstab", "new").ok());
  EXPECT_EQ(noted.calls(), (Calls{"fsync fstab.nvresume-new", "rename fstab", "fsync etc"}));
}

TEST_F(DiskFlush, FileThatAToolWroteToo) {
  root_.write("/boot/initrd", "old");
  root_.write(path_beside("/boot/initrd"), "new");
  const NotedSystemCalls noted;
  ASSERT_TRUE(adopt_durably("/boot/initrd").ok());
  EXPECT_EQ(noted.calls(), (Calls{"fsync initrd.nvresume-new", "rename initrd", "fsync boot"}));
}

TEST_F(DiskFlush, RemovedFileAndDirectoryAreGoneFromDisk) {
  root_.write("/var/lib/nvresume/journal", "a line");
  const NotedSystemCalls noted;
  ASSERT_TRUE(remove_durably("/var/lib/nvresume/journal").ok());
  ASSERT_TRUE(remove_directory_durably("/var/lib/nvresume").ok());
  EXPECT_EQ(noted.calls(), (Calls{"fsync nvresume", "fsync lib"}));
}

TEST_F(DiskFlush, NewDirectoryIsOnDiskBeforeWhatItHolds) {
  root_.write("/var/lib/dpkg", "");
  const NotedSystemCalls noted;
  ASSERT_TRUE(make_directory_durably("/var/lib/nvresume").ok());
  EXPECT_EQ(noted.calls(), (Calls{"fsync lib"}));
}

}  // namespace
}  // namespace nvresume
