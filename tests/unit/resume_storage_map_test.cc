// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/storage_map.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "resume/block_device.h"
#include "resume/mapper_table.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

TEST(MapperTarget, LinearAndCryptKeepBytesInPlace) {
  const auto linear = parse_mapper_target(2048, 4096, "linear", "8:3 384");
  ASSERT_TRUE(linear.ok());
  EXPECT_EQ(linear.value().start_bytes, 2048u * 512);
  EXPECT_EQ(linear.value().length_bytes, 4096u * 512);
  EXPECT_EQ(linear.value().below, makedev(8, 3));
  EXPECT_EQ(linear.value().below_bytes, 384u * 512);
  const auto crypt = parse_mapper_target(
      0, 100, "crypt", "aes-xts-plain64 :64:logon:cryptsetup:x 0 259:2 32768 1 allow_discards");
  ASSERT_TRUE(crypt.ok());
  EXPECT_EQ(crypt.value().below, makedev(259, 2));
  EXPECT_EQ(crypt.value().below_bytes, 32768u * 512);
}

TEST(MapperTarget, OthersAreRefusedByName) {
  for (const char* type : {"thin", "striped", "raid", "snapshot", "cache", "multipath"}) {
    const auto target = parse_mapper_target(0, 100, type, "8:3 0");
    ASSERT_FALSE(target.ok()) << type;
    EXPECT_EQ(target.error().reason(), Reason::kUnsupportedStorage);
    EXPECT_NE(target.error().text().find(type), std::string_view::npos);
  }
  EXPECT_FALSE(
      parse_mapper_target(0, 1, "crypt", "capi:authenc k 0 8:3 0 1 integrity:28:aead").ok());
  EXPECT_FALSE(parse_mapper_target(0, 1, "linear", "8 0").ok());
  EXPECT_FALSE(parse_mapper_target(0, 1, "linear", "8:x 0").ok());
  EXPECT_FALSE(parse_mapper_target(0, 1, "linear", "").ok());
}

/// A made-up /sys with a disk vda (vda1, vda2), an md array over two partitions, a loop disk.
class Storage : public testing::Test {
 protected:
  void add_disk(const std::string& name, const std::string& number, uint64_t sectors) {
    add(name, "/sys/devices/pci0/block/" + name, number, sectors);
  }
  void add_partition(const std::string& disk, const std::string& name, const std::string& number,
                     uint64_t start, uint64_t sectors) {
    const std::string path = "/sys/devices/pci0/block/" + disk + "/" + name;
    add(name, path, number, sectors);
    root_.write(path + "/partition", "1\n");
    root_.write(path + "/start", std::to_string(start) + "\n");
  }
  void add_raid(const std::string& level) {
    const std::string path = "/sys/devices/virtual/block/md0";
    add("md0", path, "9:0", 1000);
    root_.write(path + "/md/level", level + "\n");
    int member = 0;
    for (const char* name : {"vda1", "vda2"}) {
      const std::string entry = path + "/md/dev-" + name;
      root_.write(entry + "/state", "in_sync\n");
      root_.write(entry + "/offset", "264192\n");
      root_.link(entry + "/block", std::string("/sys/devices/pci0/block/vda/") + name);
      member++;
    }
  }
  SystemRoot root_;

 private:
  void add(const std::string& name, const std::string& path, const std::string& number,
           uint64_t sectors) {
    root_.write(path + "/dev", number + "\n");
    root_.write(path + "/size", std::to_string(sectors) + "\n");
    root_.link("/sys/dev/block/" + number, path);
    root_.link("/sys/class/block/" + name, path);
  }
};

TEST_F(Storage, PartitionIsItsOwnPlace) {
  add_disk("vda", "254:0", 100000);
  add_partition("vda", "vda2", "254:2", 2048, 5000);
  const auto map = StorageMap::of(makedev(254, 2));
  ASSERT_TRUE(map.ok()) << map.error().text();
  EXPECT_FALSE(map.value().needs_no_witness());
  const auto pieces = map.value().find({4096, 8192});
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].device, makedev(254, 2));
  EXPECT_EQ(pieces[0].physical_bytes, 4096u);
  EXPECT_EQ(pieces[0].length_bytes, 8192u);
  EXPECT_EQ(device_name(makedev(254, 2)), "vda2");
  EXPECT_EQ(whole_disk(makedev(254, 2)), makedev(254, 0));
}

TEST_F(Storage, MirrorHasEveryMember) {
  add_disk("vda", "254:0", 1000000);
  add_partition("vda", "vda1", "254:1", 2048, 300000);
  add_partition("vda", "vda2", "254:2", 400000, 300000);
  add_raid("raid1");
  const auto map = StorageMap::of(makedev(9, 0));
  ASSERT_TRUE(map.ok()) << map.error().text();
  const auto pieces = map.value().find({0, 4096});
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].device, makedev(254, 1));
  EXPECT_EQ(pieces[1].device, makedev(254, 2));
  EXPECT_EQ(pieces[1].physical_bytes, 264192u * 512);
}

TEST_F(Storage, Raid5IsRefusedByName) {
  add_disk("vda", "254:0", 1000000);
  add_partition("vda", "vda1", "254:1", 2048, 300000);
  add_partition("vda", "vda2", "254:2", 400000, 300000);
  add_raid("raid5");
  const auto map = StorageMap::of(makedev(9, 0));
  ASSERT_FALSE(map.ok());
  EXPECT_EQ(map.error().reason(), Reason::kUnsupportedStorage);
  EXPECT_EQ(map.error().text(), "md0: raid5 has no fixed place for a byte");
}

TEST_F(Storage, LoopAndMemoryDisksNeedNoWitness) {
  add_disk("loop0", "7:0", 1000);
  add_disk("zram0", "252:0", 1000);
  EXPECT_TRUE(StorageMap::of(makedev(7, 0)).value().needs_no_witness());
  EXPECT_TRUE(StorageMap::of(makedev(252, 0)).value().needs_no_witness());
}

TEST_F(Storage, LoopOverADiskLiesOnThatDisk) {
  add_disk("vda", "254:0", 100000);
  add_partition("vda", "vda2", "254:2", 2048, 5000);
  add_disk("loop0", "7:0", 1000);
  root_.write("/sys/dev/block/7:0/loop/backing_file", "/dev/vda2\n");
  root_.write("/sys/dev/block/7:0/loop/offset", "4096\n");
  std::filesystem::create_directories(root_.path("/dev"));
  if (::mknod(root_.path("/dev/vda2").c_str(), S_IFBLK | 0600, makedev(254, 2)) != 0)
    GTEST_SKIP() << "device nodes cannot be made here: " << ::strerror(errno);
  const auto map = StorageMap::of(makedev(7, 0));
  ASSERT_TRUE(map.ok()) << map.error().text();
  EXPECT_FALSE(map.value().needs_no_witness());
  const auto pieces = map.value().find({0, 512});
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].device, makedev(254, 2));
  EXPECT_EQ(pieces[0].physical_bytes, 4096u);
  EXPECT_EQ(devices_below(makedev(7, 0)), std::vector<dev_t>{makedev(254, 2)}) << "for dm-crypt";
}

TEST_F(Storage, NetworkDiskIsRefused) {
  add_disk("nbd0", "43:0", 1000);
  EXPECT_EQ(StorageMap::of(makedev(43, 0)).error().reason(), Reason::kUnsupportedStorage);
}

TEST_F(Storage, CryptIsSeenThroughTheStack) {
  add_disk("vda", "254:0", 100000);
  add_disk("dm-0", "253:0", 1000);
  add_disk("dm-1", "253:1", 1000);
  root_.write("/sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS2-0123-cryptroot\n");
  root_.write("/sys/dev/block/253:1/dm/uuid", "LVM-abc\n");
  root_.link("/sys/dev/block/253:0/slaves/vda", "/sys/devices/pci0/block/vda");
  root_.link("/sys/dev/block/253:1/slaves/dm-0", "/sys/devices/pci0/block/dm-0");
  EXPECT_TRUE(lies_on_crypt(makedev(253, 1)));
  EXPECT_TRUE(lies_on_crypt(makedev(253, 0)));
  EXPECT_FALSE(lies_on_crypt(makedev(254, 0)));
}

TEST_F(Storage, SerialIsTrimmed) {
  add_disk("vda", "254:0", 100000);
  root_.write("/sys/dev/block/254:0/device/serial", "  SN123  \n");
  EXPECT_EQ(disk_serial(makedev(254, 0)), "SN123");
  add_disk("vdb", "254:16", 1000);
  EXPECT_EQ(disk_serial(makedev(254, 16)), "");
}

}  // namespace
}  // namespace nvresume
