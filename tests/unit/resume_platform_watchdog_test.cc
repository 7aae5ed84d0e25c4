// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/platform_watchdog.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

constexpr uint64_t kControl = 0x668, kReload = 0x660;

/// One bit that halts it, and a countdown of half seconds.
std::vector<uint8_t> make_table() {
  const WatchdogInstruction instructions[] = {
      {4, 1, 0, 1, 16, 0, 2, kReload, 0, 0x3ff},
      {8, 0, 0, 1, 16, 11, 2, kControl, 0, 1},
      {11, 2 | 0x80, 0, 1, 16, 11, 2, kControl, 1, 1},
  };
  std::vector<uint8_t> table(68 + sizeof instructions, 0);
  const auto put = [&](size_t offset, uint32_t value) { memcpy(table.data() + offset, &value, 4); };
  memcpy(table.data(), "WDAT", 4);
  put(48, 500);
  put(52, 1000);
  table[60] = 1;
  put(64, 3);
  memcpy(table.data() + 68, instructions, sizeof instructions);
  return table;
}

struct FakeRegisters {
  std::map<uint64_t, uint32_t> words;
  uint32_t writes = 0;
  uint32_t read(RegisterSpace, uint64_t address, uint32_t) { return words[address]; }
  void write(RegisterSpace, uint64_t address, uint32_t, uint32_t value) {
    ++writes;
    words[address] = value;
  }
};

TEST(PlatformWatchdogTest, RunningOneIsStoppedAndTheTimeLeftIsTold) {
  const std::vector<uint8_t> bytes = make_table();
  const auto table = WatchdogTable::parse(bytes);
  ASSERT_TRUE(table.ok());
  FakeRegisters registers;
  registers.words[kReload] = 300;
  EXPECT_EQ(stop_watchdog(*table, registers), std::optional<uint64_t>(150'000));
  EXPECT_EQ(registers.words[kControl], 1u << 11);
}

TEST(PlatformWatchdogTest, HaltedOneIsNotTouched) {
  const std::vector<uint8_t> bytes = make_table();
  const auto table = WatchdogTable::parse(bytes);
  ASSERT_TRUE(table.ok());
  FakeRegisters registers;
  registers.words[kControl] = 1u << 11;
  EXPECT_EQ(stop_watchdog(*table, registers), std::nullopt);
  EXPECT_EQ(registers.writes, 0u);
}

TEST(PlatformWatchdogTest, OneThatADriverFeedsIsNotOurs) {
  SystemRoot root;
  EXPECT_FALSE(is_watchdog_fed());
  root.write("/sys/class/watchdog/watchdog0/state", "inactive\n");
  EXPECT_FALSE(is_watchdog_fed());
  root.write("/sys/class/watchdog/watchdog1/state", "active\n");
  EXPECT_TRUE(is_watchdog_fed());
}

TEST(PlatformWatchdogTest, MachineWithoutATableHasNone) {
  SystemRoot root;
  EXPECT_FALSE(PlatformWatchdog::claim().has_value());
}

}  // namespace
}  // namespace nvresume
