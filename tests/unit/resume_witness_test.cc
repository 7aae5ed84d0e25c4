// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/witness.h"

#include <cstring>

#include "resume/witness_device.h"
#include "resume/witness_record.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

Witness make_witness() {
  Witness witness{};
  put_text(witness.fs_type, "ext4");
  put_text(witness.mount_point, "/srv");
  put_text(witness.device, "vdb1");
  put_text(witness.fs_uuid, "11111111-2222-3333-4444-555555555555");
  return witness;
}

TEST(WitnessRecord, TouchingExtentsJoinAndTooManyAreRefused) {
  Witness witness = make_witness();
  EXPECT_TRUE(add_extent(witness, {0, 4096}));
  EXPECT_TRUE(add_extent(witness, {4096, 4096}));
  EXPECT_EQ(witness.extent_count, 1u);
  for (uint64_t i = 1; i < kWitnessExtentMaximum; i++)
    EXPECT_TRUE(add_extent(witness, {i << 20, 4096}));
  EXPECT_FALSE(add_extent(witness, {uint64_t{1} << 30, 4096}));
}

TEST(WitnessRecord, ChangedByteIsSeenAndNamed) {
  TemporaryDirectory directory;
  const std::string path = directory / "disk";
  std::ofstream(path) << std::string(1 << 20, 'a');
  Witness witness = make_witness();
  ASSERT_TRUE(add_extent(witness, {4096, 8192}));
  {
    auto disk = DirectFile::open(path);
    ASSERT_TRUE(disk.ok());
    witness.hash = hash_of(witness, disk.value()).value();
  }
  EXPECT_TRUE(compare_on(witness, path).ok());
  std::fstream(path, std::ios::in | std::ios::out).seekp(4095) << 'b';
  EXPECT_TRUE(compare_on(witness, path).ok()) << "outside of its extents";
  std::fstream(path, std::ios::in | std::ios::out).seekp(12287) << 'b';
  const Status changed = compare_on(witness, path);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().reason(), Reason::kWitnessChanged);
  EXPECT_NE(changed.error().text().find("ext4 on /srv (vdb1)"), std::string_view::npos);
}

TEST(WitnessRecord, UnreadableDiskIsNamed) {
  Witness witness = make_witness();
  ASSERT_TRUE(add_extent(witness, {0, 4096}));
  const Status missing = compare_on(witness, "/nonexistent/disk");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().reason(), Reason::kWitnessUnreadable);
}

TEST(WitnessDevice, GuidIsInThePartitionTablesOrder) {
  uint8_t guid[16];
  ASSERT_TRUE(parse_guid("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", guid));
  const uint8_t expected[16] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
                                0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};
  EXPECT_EQ(memcmp(guid, expected, sizeof(guid)), 0);
  EXPECT_FALSE(parse_guid("c12a7328-01", guid));
  EXPECT_FALSE(parse_guid("c12a7328xf81f-11d2-ba4b-00a0c93ec93b", guid));
  EXPECT_FALSE(parse_guid("g12a7328-f81f-11d2-ba4b-00a0c93ec93b", guid));
}

TEST(WitnessDevice, IsKnownByGuidThenSerialThenUuid) {
  Witness witness = make_witness();
  DeviceIdentity device;
  device.fs_uuid = witness.fs_uuid;
  EXPECT_TRUE(is_device_of(witness, device));
  put_text(witness.serial, "SN1");
  EXPECT_FALSE(is_device_of(witness, device)) << "same UUID on another disk: a clone";
  device.serial = "SN1";
  EXPECT_TRUE(is_device_of(witness, device));
  witness.partition_guid[3] = 7;
  EXPECT_FALSE(is_device_of(witness, device));
  device.partition_guid[3] = 7;
  EXPECT_TRUE(is_device_of(witness, device));
}

TEST(WitnessDevice, WhatASaveTakesARestoreLooksAt) {
  // A mounted DVD is found again; a floppy or a network disk is refused at the save instead.
  for (const char* name : {"sda1", "vda2", "nvme0n1p3", "mmcblk0p1", "sr0", "pmem0"})
    EXPECT_TRUE(can_carry_witness(name)) << name;
  for (const char* name : {"fd0", "nbd0", "nvm_swap0", "zram0"})
    EXPECT_FALSE(can_carry_witness(name)) << name;
}

TEST(CompareWitnesses, UnprovableIsRefusedAtOnceByName) {
  Witness witness = make_witness();
  witness.flags = kWitnessUnprovable;
  const Status refused = compare_witnesses({&witness, 1}, 60000);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), Reason::kUnsupportedStorage);
  EXPECT_NE(refused.error().text().find("/srv"), std::string_view::npos);
}

TEST(CompareWitnesses, MissingDiskIsAwaitedNoLongerThanTold) {
  SystemRoot root;  // no disks
  Witness witness = make_witness();
  ASSERT_TRUE(add_extent(witness, {0, 4096}));
  const Status refused = compare_witnesses({&witness, 1}, 100);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), Reason::kWitnessUnreadable);
  EXPECT_NE(refused.error().text().find("/srv"), std::string_view::npos);
}

TEST(CompareWitnesses, NothingMountedNeedsNothing) { EXPECT_TRUE(compare_witnesses({}, 0).ok()); }

TEST(WitnessSet, WhatIsMountedWhileTheSaveBeginsIsNamed) {
  SystemRoot root;
  root.write("/proc/self/mountinfo", "");
  auto set = WitnessSet::collect();
  ASSERT_TRUE(set.ok()) << set.error().text();
  EXPECT_TRUE(set->check_mounts().ok());
  root.write("/proc/self/mountinfo", "33 28 0:42 / /tmp rw - tmpfs tmpfs rw\n");
  EXPECT_TRUE(set->check_mounts().ok()) << "memory needs no witness";
  root.write("/proc/self/mountinfo", "36 28 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n");
  const Status changed = set->check_mounts();
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().reason(), Reason::kFileSystemMounted);
  EXPECT_NE(changed.error().text().find("/media/stick"), std::string_view::npos);
}

TEST(WitnessSet, AContainersDiskHasAWitnessToo) {
  SystemRoot root;
  const std::string task = "/proc/40/task/40";
  root.write("/proc/self/mountinfo", "");
  root.link(task + "/ns/mnt", "mnt:[2]");
  root.link(task + "/root", "/");
  root.write(task + "/mountinfo", "36 28 8:17 / /inside rw - vfat /dev/sdb1 rw\n");
  auto set = WitnessSet::collect();
  ASSERT_TRUE(set.ok()) << set.error().text();
  ASSERT_EQ(set->records().size(), 1u);
  EXPECT_STREQ(set->records()[0].mount_point, "/inside");
  EXPECT_TRUE(set->check_mounts().ok());
  root.write(task + "/mountinfo", "");
  EXPECT_FALSE(set->check_mounts().ok()) << "unmounted there";
}

TEST(WitnessSet, ADiskMountedOnceMoreSomewhereElseIsNoChange) {
  SystemRoot root;
  root.write("/proc/self/mountinfo", "36 28 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n");
  auto set = WitnessSet::collect();
  ASSERT_TRUE(set.ok()) << set.error().text();
  root.write("/proc/self/mountinfo",
             "35 28 8:17 / /again rw - vfat /dev/sdb1 rw\n"
             "36 28 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n");
  EXPECT_TRUE(set->check_mounts().ok()) << "a service with namespaces of its own began";
}

TEST(WitnessSet, EveryFileSystemOfThisMachineIsAccountedFor) {
  auto set = WitnessSet::collect();
  ASSERT_TRUE(set.ok()) << set.error().text();
  const Status hashed = set->hash();
  if (!hashed.ok())
    GTEST_SKIP() << "a disk of this machine is unreadable: " << hashed.error().text();
  for (const Witness& witness : set->records()) {
    const bool unprovable = (witness.flags & kWitnessUnprovable) != 0;
    EXPECT_NE(unprovable, witness.extent_count > 0) << describe_witness(witness);
  }
}

}  // namespace
}  // namespace nvresume
