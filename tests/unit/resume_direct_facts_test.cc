// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/direct_facts.h"

#include <gtest/gtest.h>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class DirectFactsTest : public ::testing::Test {
 protected:
  void firmware_ram(const char* number, const char* start, const char* end,
                    const char* type = "System RAM") {
    const std::string entry = std::string("/sys/firmware/memmap/") + number;
    root_.write(entry + "/start", start);
    root_.write(entry + "/end", end);
    root_.write(entry + "/type", type);
  }

  SystemRoot root_;
};

TEST_F(DirectFactsTest, WhatTheKernelTookOutOfItsMemoryIsFound) {
  firmware_ram("0", "0x0", "0x9ffff");
  firmware_ram("1", "0x100000", "0x3fffffff");
  firmware_ram("2", "0x40000000", "0x40ffffff", "Reserved");
  root_.write("/proc/iomem",
              "00000000-00000fff : Reserved\n"
              "00001000-0009ffff : System RAM\n"
              "00100000-3e5e8fff : System RAM\n"
              "  01000000-01ffffff : Kernel code\n"
              "3e5e9000-3e5eafff : Reserved\n"
              "3e5eb000-3fffffff : System RAM\n");
  const auto ranges = kernel_reserved_ranges();
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].start, 0x3e5e9000u);
  EXPECT_EQ(ranges[0].bytes, 0x2000u);
}

TEST_F(DirectFactsTest, NothingIsTakenWhereTheKernelUsesAll) {
  firmware_ram("0", "0x100000", "0x3fffffff");
  root_.write("/proc/iomem", "00100000-3fffffff : System RAM\n");
  EXPECT_TRUE(kernel_reserved_ranges().empty());
}

TEST_F(DirectFactsTest, AKernelThatHidesItsAddressesTellsNothing) {
  firmware_ram("0", "0x100000", "0x3fffffff");
  root_.write("/proc/iomem", "");
  EXPECT_TRUE(kernel_reserved_ranges().empty());
}

}  // namespace
}  // namespace nvresume
