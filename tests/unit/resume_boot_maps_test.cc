// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/boot_maps.h"

#include "tests/unit/resume_check_fixture.h"

namespace nvresume {
namespace {

class BootMaps : public CheckTest {
 protected:
  BootMaps() { root_.write("/var/lib/nvresume/journal", ""); }

  void entry(int number, const std::string& start, const std::string& end, const char* type) {
    const std::string directory = "/sys/firmware/memmap/" + std::to_string(number);
    root_.write(directory + "/start", start + "\n");
    root_.write(directory + "/end", end + "\n");
    root_.write(directory + "/type", std::string(type) + "\n");
  }
  /// The tables' end moves; everything else stays.
  void boot(uint64_t number, const std::string& tables_end = "0x7ffff") {
    entry(0, "0x0", "0x6ffff", "System RAM");
    entry(1, "0x70000", tables_end, "ACPI Tables");
    const Status recorded = record_boot_map(number);
    EXPECT_TRUE(recorded.ok()) << recorded.error().text();
  }
  void started_with(const std::string& arguments) {
    root_.write("/proc/cmdline", arguments + "\n");
  }
};

TEST_F(BootMaps, KeepsNumberArgumentsAndEveryRange) {
  started_with("BOOT_IMAGE=/vmlinuz ro  quiet");
  boot(7);
  const auto maps = read_boot_maps();
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(maps[0].boot, 7u);
  EXPECT_EQ(maps[0].arguments, "BOOT_IMAGE=/vmlinuz ro  quiet");
  ASSERT_EQ(maps[0].ranges.size(), 2u);
  EXPECT_EQ(maps[0].ranges[1].start, 0x70000u);
  EXPECT_EQ(maps[0].ranges[1].end, 0x7ffffu);
  EXPECT_STREQ(maps[0].ranges[1].type, "ACPI Tables");
}

TEST_F(BootMaps, SecondRecordOfABootReplacesTheFirst) {
  boot(7);
  boot(7);
  EXPECT_EQ(read_boot_maps().size(), 1u);
}

TEST_F(BootMaps, OldestGoes) {
  for (uint64_t number = 1; number <= 11; number++) boot(number);
  const auto maps = read_boot_maps();
  ASSERT_EQ(maps.size(), kBootMapCount);
  EXPECT_EQ(maps.front().boot, 4u);
  EXPECT_EQ(maps.back().boot, 11u);
}

TEST_F(BootMaps, NothingIsWrittenWhereNothingIsSetUp) {
  std::filesystem::remove_all(root_.path("/var/lib/nvresume"));
  boot(1);
  EXPECT_FALSE(file_exists("/var/lib/nvresume"));
}

TEST_F(BootMaps, WhatCannotBeUnderstoodIsLeftOut) {
  root_.write(kBootMapsPath,
              "0x1 0x2 System RAM\nboot x ro\nboot 3 ro\nnonsense\n0x1 0x2 Reserved");
  const auto maps = read_boot_maps();
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(maps[0].boot, 3u);
  ASSERT_EQ(maps[0].ranges.size(), 1u);
  EXPECT_STREQ(maps[0].ranges[0].type, "Reserved");
}

TEST_F(BootMaps, SameMapsPass) {
  boot(1);
  boot(2);
  expect_pass("memory-map");
}

TEST_F(BootMaps, MapThatMovedIsForetoldWithItsRegion) {
  boot(1);
  boot(2);
  boot(3, "0x80fff");
  expect_warn("memory-map", "moved at 1 of the last 2 boots, last at boot 3: saved 0x70000-0x7ffff",
              "do not edit the boot menu", Reason::kMemoryMapChanged);
  EXPECT_NE(row("memory-map").found.find("now 0x70000-0x80fff (ACPI Tables)"), std::string::npos);
}

TEST_F(BootMaps, OtherMenuEntryIsNamedAsTheCause) {
  boot(1);
  started_with("BOOT_IMAGE=/vmlinuz single");
  boot(2, "0x80fff");
  expect_warn("memory-map", "last at boot 2, started with other arguments: ", "the same entry",
              Reason::kMemoryMapChanged);
}

TEST_F(BootMaps, EventLogInTheMapIsForetoldBeforeItMoved) {
  root_.write("/sys/kernel/security/tpm0/binary_bios_measurements", std::string(8000, 'x'));
  root_.write("/proc/sys/kernel/bootloader_type", "33\n");
  expect_warn("memory-map", "event log (8000 bytes now)", "the same entry");
}

TEST_F(BootMaps, EventLogOfALoaderWithoutTheStubIsInNoMap) {
  root_.write("/sys/kernel/security/tpm0/binary_bios_measurements", std::string(8000, 'x'));
  root_.write("/proc/sys/kernel/bootloader_type", "114\n");  // GRUB's own loader
  expect_pass("memory-map");
}

TEST_F(BootMaps, StubWithoutATpmPasses) {
  root_.write("/proc/sys/kernel/bootloader_type", "33\n");
  expect_pass("memory-map");
}

}  // namespace
}  // namespace nvresume
