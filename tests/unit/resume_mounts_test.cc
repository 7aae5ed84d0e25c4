// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/mounts.h"

#include <sys/sysmacros.h>

#include <filesystem>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr char kMountinfo[] =
    "22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
    "28 1 254:2 / / rw,relatime shared:1 - ext4 /dev/vda2 rw\n"
    "29 28 254:2 /srv /srv rw shared:1 master:3 - ext4 /dev/vda2 rw\n"
    "30 28 254:1 / /boot/efi\\040mine rw - vfat /dev/vda1 rw\n"
    "31 28 0:40 / /net rw - nfs4 server:/export rw\n"
    "32 28 0:41 / /tank rw - zfs tank rw\n"
    "33 28 0:42 / /tmp rw - tmpfs tmpfs rw\n"
    "34 28 7:0 / /snap ro - squashfs /dev/loop0 ro\n";

std::vector<MountedFileSystem> parse_mounts(std::string_view mountinfo) {
  std::vector<MountedFileSystem> mounts;
  add_mounts(mounts, mountinfo);
  return mounts;
}

TEST(Mounts, EachBlockBackedFileSystemOnce) {
  const auto mounts = parse_mounts(kMountinfo);
  ASSERT_EQ(mounts.size(), 4u);
  EXPECT_EQ(mounts[0].mount_point, "/");
  EXPECT_EQ(mounts[0].type, "ext4");
  EXPECT_EQ(mounts[0].device, makedev(254, 2));
  EXPECT_EQ(mounts[1].mount_point, "/boot/efi mine");
  EXPECT_EQ(mounts[2].type, "zfs");
  EXPECT_EQ(mounts[2].device, 0u) << "block-backed, but by what is not said";
  EXPECT_EQ(mounts[3].type, "squashfs");
}

TEST(Mounts, BtrfsIsFoundByItsSource) {
  SystemRoot root;  // no such device below it
  const auto mounts = parse_mounts(
      "40 28 0:35 /@ /data rw - btrfs /dev/vdb1 rw\n"
      "41 28 0:35 /@home /home rw - btrfs /dev/vdb1 rw\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].device, 0u);
  EXPECT_EQ(mounts[0].source, "/dev/vdb1");
}

TEST(Mounts, CutLinesAreSkipped) {
  EXPECT_TRUE(parse_mounts("28 1 254:2 / /\n28 1 254:2 / / rw - ext4\n\n - a b\n").empty());
}

/// A machine whose tasks are in mount namespaces, of which ours is "mnt:[1]".
class MountNamespaces : public ::testing::Test {
 protected:
  MountNamespaces() {
    root_.link("/proc/self/ns/mnt", "mnt:[1]");
    root_.link("/proc/self/root", "/");
    root_.write("/proc/self/mountinfo", "28 1 254:2 / / rw - ext4 /dev/vda2 rw\n");
  }

  void add_task(const std::string& task, std::string_view name_space, std::string_view task_root,
                std::string_view mountinfo) {
    root_.link("/proc/" + task + "/ns/mnt", name_space);
    root_.link("/proc/" + task + "/root", task_root);
    if (!mountinfo.empty()) root_.write("/proc/" + task + "/mountinfo", mountinfo);
  }

  std::vector<std::string> everywhere() {
    std::vector<std::string> found;
    for (const MountedFileSystem& mount : mounts_everywhere()) found.push_back(mount.mount_point);
    return found;
  }

  SystemRoot root_;
};

using Places = std::vector<std::string>;

constexpr char kStick[] =
    "50 40 254:2 / / rw - ext4 /dev/root rw\n51 50 8:17 / /stick rw - ext4 /dev/sdb1 rw\n";

TEST_F(MountNamespaces, AContainersOwnDiskIsSeen) {
  add_task("40/task/40", "mnt:[2]", "/", kStick);
  EXPECT_EQ(everywhere(), (Places{"/", "/stick"})) << "and the disk of both once";
  ASSERT_EQ(mounts_in_reach().size(), 1u) << "/stick is no path of ours";
}

TEST_F(MountNamespaces, OneThreadsOwnDiskIsSeen) {
  add_task("40/task/40", "mnt:[1]", "/", "-");
  add_task("40/task/41", "mnt:[2]", "/", kStick);
  EXPECT_EQ(everywhere(), (Places{"/", "/stick"}));
}

TEST_F(MountNamespaces, AnotherTaskSpeaksForOneThatEnded) {
  add_task("40/task/40", "mnt:[2]", "/", "");
  add_task("41/task/41", "mnt:[2]", "/", kStick);
  std::filesystem::create_directories(root_.path("/proc/42/task/42"));  // ended before its links
  EXPECT_EQ(everywhere(), (Places{"/", "/stick"}));
}

TEST_F(MountNamespaces, AChangedRootDoesNotHideWhatLiesOutsideOfIt) {
  add_task("40/task/40", "mnt:[2]", "/jail", "50 40 254:2 /jail / rw - ext4 /dev/root rw\n");
  add_task("41/task/41", "mnt:[2]", "/", kStick);
  EXPECT_EQ(everywhere(), (Places{"/", "/stick"}));
}

TEST_F(MountNamespaces, EachIsReadOnce) {
  add_task("40/task/40", "mnt:[2]", "/", kStick);
  add_task("41/task/41", "mnt:[2]", "/", "60 40 8:33 / /never rw - ext4 /dev/sdc1 rw\n");
  add_task("42/task/42", "mnt:[1]", "/", "60 40 8:33 / /never rw - ext4 /dev/sdc1 rw\n");
  EXPECT_EQ(everywhere(), (Places{"/", "/stick"}));
}

}  // namespace
}  // namespace nvresume
