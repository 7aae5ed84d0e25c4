// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/mounts.h"

#include <sys/sysmacros.h>

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

}  // namespace
}  // namespace nvresume
