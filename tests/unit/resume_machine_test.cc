// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/machine.h"

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

TEST(Machine, FactsComeFromTheFilesAndAreCut) {
  SystemRoot root;
  root.write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  root.write("/proc/sys/kernel/random/boot_id", "b3f3c9a8-0000-4000-8000-000000000001\n");
  root.write("/proc/meminfo", "MemTotal:        1004412 kB\nMemFree: 1 kB\n");
  root.write("/sys/class/dmi/id/product_name", std::string(200, 'P') + "\n");
  MetadataHeader header{};
  header.saved_unix_s = 42;
  describe_machine(header);
  EXPECT_STREQ(header.machine_id, "0123456789abcdef0123456789abcdef");
  EXPECT_STREQ(header.boot_id, "b3f3c9a8-0000-4000-8000-000000000001");
  EXPECT_EQ(header.memory_bytes, 1004412u * 1024);
  EXPECT_EQ(std::string(header.product).size(), sizeof(header.product) - 1);
  EXPECT_GT(header.cpu_count, 0u);
  EXPECT_EQ(header.page_bytes, 4096u);
  EXPECT_STRNE(header.kernel_release, "");
  EXPECT_EQ(header.saved_unix_s, 42u) << "not a fact of the machine";
}

TEST(Machine, MissingFactsStayEmpty) {
  SystemRoot root;
  MetadataHeader header{};
  describe_machine(header);
  EXPECT_STREQ(header.machine_id, "");
  EXPECT_EQ(header.memory_bytes, 0u);
}

TEST(Machine, FirmwareMapIsSortedByStart) {
  SystemRoot root;
  // Directory names sort as text: 10 before 2.
  const struct {
    const char *entry, *start, *end;
  } entries[] = {{"2", "0x0", "0x9ffff"},
                 {"10", "0x100000", "0x7fffffff"},
                 {"1", "0x100000000", "0x17fffffff"}};
  for (const auto& entry : entries) {
    const std::string directory = std::string("/sys/firmware/memmap/") + entry.entry;
    root.write(directory + "/start", std::string(entry.start) + "\n");
    root.write(directory + "/end", std::string(entry.end) + "\n");
    root.write(directory + "/type", "System RAM\n");
  }
  const auto map = read_firmware_map();
  ASSERT_TRUE(map.ok());
  ASSERT_EQ(map.value().size(), 3u);
  EXPECT_EQ(map.value()[0].start, 0u);
  EXPECT_EQ(map.value()[1].start, 0x100000u);
  EXPECT_EQ(map.value()[2].end, 0x17fffffffu);
  EXPECT_STREQ(map.value()[0].type, "System RAM");
}

TEST(Machine, MissingFirmwareMapIsAnError) {
  SystemRoot root;
  EXPECT_FALSE(read_firmware_map().ok());
}

TEST(Machine, RuntimeMapKeepsVirtualAddresses) {
  SystemRoot root;
  const std::string directory = "/sys/firmware/efi/runtime-map/0";
  root.write(directory + "/phys_addr", "0x7e000000\n");
  root.write(directory + "/num_pages", "0x10\n");
  root.write(directory + "/virt_addr", "0xfffffffefe000000\n");
  root.write(directory + "/attribute", "0x800000000000000f\n");
  root.write(directory + "/type", "6\n");
  const auto map = read_runtime_map();
  ASSERT_TRUE(map.ok());
  ASSERT_EQ(map.value().size(), 1u);
  EXPECT_EQ(map.value()[0].end, 0x7e00ffffu);
  EXPECT_EQ(map.value()[0].virtual_start, 0xfffffffefe000000u);
  EXPECT_EQ(map.value()[0].attributes, 0x800000000000000fu);
}

TEST(Machine, KernelWithoutRuntimeMapGivesAnEmptyOne) {
  SystemRoot root;
  const auto map = read_runtime_map();
  ASSERT_TRUE(map.ok());
  EXPECT_TRUE(map.value().empty());
}

}  // namespace
}  // namespace nvresume
