// SPDX-License-Identifier: GPL-2.0-or-later
// Witness regions on real file systems, made by their own tools in files and, as root, mounted over
// loop devices: the hash must change whenever somebody mounted the file system, and only then.
#include "resume/fs_region.h"

#include <unistd.h>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

/// A file system in a file.
class FsRegion : public testing::Test {
 protected:
  void TearDown() override {
    if (mounted_) unmount();
  }
  void make(const std::string& mkfs, uint64_t mebibytes) {
    const std::string tool = mkfs.substr(0, mkfs.find(' '));
    if (!have_tool(tool)) GTEST_SKIP() << tool << " is not installed";
    std::ofstream(disk_) << "";
    std::filesystem::resize_file(disk_, mebibytes << 20);
    ASSERT_TRUE(run_command(mkfs + " " + disk_)) << mkfs;
  }
  /// Skips, saying so, where loop mounts are not possible. The loop device can be written, as a
  /// disk can: "-o loop,ro" would make it read-only, and no journal could be replayed.
  void mount(const std::string& type, const std::string& options) {
    if (geteuid() != 0) GTEST_SKIP() << "loop mounts need root";
    std::filesystem::create_directories(mount_point_);
    if (!run_command("losetup -f --show " + disk_ + " >" + directory_.path() + "/loop"))
      GTEST_SKIP() << "no loop device on this machine";
    std::getline(std::ifstream(directory_ / "loop") >> std::ws, loop_);
    mounted_ =
        run_command("mount -t " + type + " -o " + options + " " + loop_ + " " + mount_point_);
    if (mounted_) return;
    run_command("losetup -d " + loop_);
    GTEST_SKIP() << "no mount of " << type << " on this machine";
  }
  void unmount() {
    EXPECT_TRUE(run_command("umount " + mount_point_ + " && losetup -d " + loop_));
    mounted_ = false;
  }
  void write_file(const std::string& name) {
    EXPECT_TRUE(
        run_command("echo hello >" + mount_point_ + "/" + name + " && sync -f " + mount_point_));
  }
  /// What a power cut leaves: the disk as it is while mounted. The mount goes on, on the old file.
  void cut_power() {
    const std::string copy = directory_ / "after-cut";
    EXPECT_TRUE(run_command("sync; cp --sparse=always " + disk_ + " " + copy));
    unmount();
    std::filesystem::rename(copy, disk_);
  }
  uint64_t hash(const std::string& type) {
    auto disk = DirectFile::open(disk_);
    EXPECT_TRUE(disk.ok());
    auto region = find_fs_region(type, disk.value());
    EXPECT_TRUE(region.ok()) << region.error().text();
    if (!region.ok()) return 0;
    region_ = region.value();
    return hash_of_region();
  }
  /// As the restore does it: the ranges of the save, whatever the disk says now.
  uint64_t hash_of_region() {
    auto disk = DirectFile::open(disk_);
    EXPECT_TRUE(disk.ok());
    for (const ByteRange& range : region_) {
      EXPECT_EQ(range.offset_bytes % kBlockBytes, 0u);
      EXPECT_LE(range.offset_bytes + range.length_bytes, disk->size_bytes());
    }
    return disk->hash(region_).value();
  }
  TemporaryDirectory directory_;
  std::string disk_ = directory_ / "disk";
  std::string mount_point_ = directory_ / "mnt";
  std::string loop_;
  std::vector<ByteRange> region_;
  bool mounted_ = false;
};

#define RUN_OR_SKIP(call)                                        \
  do {                                                           \
    call;                                                        \
    if (IsSkipped() || testing::Test::HasFatalFailure()) return; \
  } while (0)

TEST_F(FsRegion, Ext4ReadOnlyMountAfterPowerCutShows) {
  RUN_OR_SKIP(make("mke2fs -q -F -t ext4", 64));
  RUN_OR_SKIP(mount("ext4", "rw"));
  write_file("a");
  cut_power();
  const uint64_t saved = hash("ext4");
  EXPECT_EQ(region_.size(), 2u) << "superblock and journal superblock";
  EXPECT_EQ(hash_of_region(), saved);
  RUN_OR_SKIP(mount("ext4", "ro"));
  unmount();
  EXPECT_NE(hash_of_region(), saved) << "the read-only mount replayed the journal";
}

TEST_F(FsRegion, Ext4OfEveryLayoutHasItsJournalFound) {
  for (const char* mkfs : {"mke2fs -q -F -t ext4 -b 1024", "mke2fs -q -F -t ext4 -O 64bit",
                           "mke2fs -q -F -t ext4 -O ^64bit,^metadata_csum", "mke2fs -q -F -t ext3",
                           "mke2fs -q -F -t ext4 -O ^extent,^64bit -b 4096"}) {
    RUN_OR_SKIP(make(mkfs, 64));
    auto disk = DirectFile::open(disk_);
    ASSERT_TRUE(disk.ok());
    const auto region = find_fs_region("ext4", disk.value());
    ASSERT_TRUE(region.ok()) << mkfs << ": " << region.error().text();
    EXPECT_EQ(region.value().size(), 2u) << mkfs;
  }
}

TEST_F(FsRegion, Ext4WithoutJournalIsItsSuperblock) {
  RUN_OR_SKIP(make("mke2fs -q -F -t ext2", 16));
  hash("ext2");
  EXPECT_EQ(region_.size(), 1u);
}

TEST_F(FsRegion, Ext4NotMountedStaysTheSame) {
  RUN_OR_SKIP(make("mke2fs -q -F -t ext4", 64));
  const uint64_t saved = hash("ext4");
  EXPECT_TRUE(run_command("dumpe2fs " + disk_));
  EXPECT_EQ(hash_of_region(), saved);
}

TEST_F(FsRegion, XfsReadOnlyMountAfterPowerCutShows) {
  RUN_OR_SKIP(make("mkfs.xfs -q -f", 512));
  RUN_OR_SKIP(mount("xfs", "rw"));
  write_file("a");
  cut_power();
  const uint64_t saved = hash("xfs");
  RUN_OR_SKIP(mount("xfs", "ro,nouuid"));
  unmount();
  EXPECT_NE(hash_of_region(), saved);
}

TEST_F(FsRegion, XfsMountThatWritesNothingShows) {
  RUN_OR_SKIP(make("mkfs.xfs -q -f", 512));
  RUN_OR_SKIP(mount("xfs", "rw"));
  write_file("a");
  unmount();
  const uint64_t saved = hash("xfs");
  EXPECT_EQ(hash_of_region(), saved);
  RUN_OR_SKIP(mount("xfs", "rw"));
  unmount();
  EXPECT_NE(hash_of_region(), saved);
}

TEST_F(FsRegion, XfsRegionIsBoundedAndInsideTheDisk) {
  RUN_OR_SKIP(make("mkfs.xfs -q -f", 512));
  hash("xfs");
  uint64_t bytes = 0;
  for (const ByteRange& range : region_) bytes += range.length_bytes;
  EXPECT_LE(bytes, 600u * 1024);
  EXPECT_GE(region_.size(), 2u);
}

TEST_F(FsRegion, BtrfsMountShows) {
  RUN_OR_SKIP(make("mkfs.btrfs -q -f", 256));
  const uint64_t saved = hash("btrfs");
  EXPECT_EQ(region_.size(), 2u) << "the superblock and its mirror at 64 MiB";
  RUN_OR_SKIP(mount("btrfs", "rw"));
  unmount();
  EXPECT_NE(hash_of_region(), saved);
}

TEST_F(FsRegion, FatFileInTheRootShows) {
  if (!have_tool("mcopy")) GTEST_SKIP() << "mtools are not installed";
  for (const char* mkfs : {"mkfs.fat -F 32", "mkfs.fat -F 16", "mkfs.fat -F 12 -s 64"}) {
    RUN_OR_SKIP(make(mkfs, 100));
    const uint64_t saved = hash("vfat");
    ASSERT_TRUE(run_command("echo hello | mcopy -i " + disk_ + " - ::a.txt"));
    EXPECT_NE(hash_of_region(), saved) << mkfs;
    const uint64_t before = hash_of_region();
    ASSERT_TRUE(run_command("mtype -i " + disk_ + " ::a.txt"));
    EXPECT_EQ(hash_of_region(), before) << "reading changes nothing";
  }
}

TEST_F(FsRegion, UnknownTypeIsRefusedByName) {
  std::ofstream(disk_) << std::string(1 << 20, 'x');
  auto disk = DirectFile::open(disk_);
  ASSERT_TRUE(disk.ok());
  const auto region = find_fs_region("ntfs3", disk.value());
  ASSERT_FALSE(region.ok());
  EXPECT_EQ(region.error().reason(), Reason::kUnsupportedStorage);
  EXPECT_NE(region.error().text().find("ntfs3"), std::string_view::npos);
}

TEST_F(FsRegion, GarbageIsNoFileSystem) {
  std::ofstream(disk_) << std::string(1 << 20, '\x7f');
  auto disk = DirectFile::open(disk_);
  ASSERT_TRUE(disk.ok());
  for (const char* type : {"ext4", "xfs", "btrfs", "vfat"})
    EXPECT_FALSE(find_fs_region(type, disk.value()).ok()) << type;
}

TEST(TidyRanges, AreWholeBlocksInsideTheDiskAndJoined) {
  const auto tidy = tidy_ranges({{1024, 1024}, {4096, 10}, {20000, 5000}, {90000, 20000}}, 100000);
  ASSERT_EQ(tidy.size(), 3u);
  EXPECT_EQ(tidy[0].offset_bytes, 0u);
  EXPECT_EQ(tidy[0].length_bytes, 8192u);
  EXPECT_EQ(tidy[1].offset_bytes, 16384u);
  EXPECT_EQ(tidy[1].length_bytes, 12288u);
  EXPECT_EQ(tidy[2].offset_bytes + tidy[2].length_bytes, 100000u);
}

}  // namespace
}  // namespace nvresume
