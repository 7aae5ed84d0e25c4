// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/watchdog_table.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace nvresume {
namespace {

constexpr uint64_t kReload = 0x660, kControl = 0x668, kTimer = 0x672, kReboot = 0xfed1f410;
constexpr uint8_t kPreserve = 0x80;

struct FakeRegisters {
  std::map<uint64_t, uint32_t> words;
  uint32_t accesses = 0;

  uint32_t read(RegisterSpace, uint64_t address, uint32_t) {
    ++accesses;
    return words[address];
  }
  void write(RegisterSpace, uint64_t address, uint32_t, uint32_t value) {
    ++accesses;
    words[address] = value;
  }
};

class WatchdogTableTest : public testing::Test {
 protected:
  WatchdogTableTest() : table_(68, 0) {
    memcpy(table_.data(), "WDAT", 4);
    put(52 - 4, 600);  // milliseconds a count
    put(52, 1023);
    put(56, 4);
    table_[60] = 1;  // enabled
    add(WatchdogAction::kReset, 2, 1, 0, 2, kReload, 1, 0xffff);
    add(WatchdogAction::kCurrentCountdown, 1, 1, 0, 2, kReload, 0, 0x3ff);
    add(WatchdogAction::kSetCountdown, 3 | kPreserve, 1, 0, 2, kTimer, 0, 0x3ff);
    add(WatchdogAction::kGetRunning, 0, 1, 11, 2, kControl, 0, 1);
    add(WatchdogAction::kSetRunning, 2 | kPreserve, 1, 11, 2, kControl, 0, 1);
    add(WatchdogAction::kSetStopped, 2 | kPreserve, 1, 11, 2, kControl, 1, 1);
    add(WatchdogAction::kSetReboot, 2 | kPreserve, 0, 5, 3, kReboot, 0, 1);
  }

  void put(size_t offset, uint32_t value) { memcpy(table_.data() + offset, &value, 4); }
  void add(WatchdogAction action, uint8_t kind, uint8_t space, uint8_t bit_offset, uint8_t access,
           uint64_t address, uint32_t value, uint32_t mask) {
    const WatchdogInstruction instruction{
        static_cast<uint8_t>(action), kind, 0, space, 16, bit_offset, access, address, value, mask};
    const auto* bytes = reinterpret_cast<const uint8_t*>(&instruction);
    table_.insert(table_.end(), bytes, bytes + sizeof instruction);
    put(64, ++count_);
  }
  WatchdogTable parsed() {
    auto table = WatchdogTable::parse(table_);
    EXPECT_TRUE(table.ok());
    return *table;
  }
  void expect_unusable() {
    auto table = WatchdogTable::parse(table_);
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().reason(), Reason::kUnsupportedFirmware);
  }

  std::vector<uint8_t> table_;
  uint32_t count_ = 0;
  FakeRegisters registers_;
};

TEST_F(WatchdogTableTest, CountdownIsSetBesideTheBitsOutsideItsField) {
  registers_.words[kTimer] = 0xf000;
  parsed().run(WatchdogAction::kSetCountdown, registers_, 300);
  EXPECT_EQ(registers_.words[kTimer], 0xf000u | 300u);
}

TEST_F(WatchdogTableTest, CountdownLargerThanItsFieldDoesNotSpill) {
  parsed().run(WatchdogAction::kSetCountdown, registers_, 0x12345);
  EXPECT_EQ(registers_.words[kTimer], 0x345u);
}

TEST_F(WatchdogTableTest, RunsAndStopsByOneBit) {
  const WatchdogTable table = parsed();
  registers_.words[kControl] = 0xffff;
  EXPECT_EQ(table.run(WatchdogAction::kGetRunning, registers_), 0u);
  table.run(WatchdogAction::kSetRunning, registers_);
  EXPECT_EQ(registers_.words[kControl], 0xf7ffu);
  EXPECT_EQ(table.run(WatchdogAction::kGetRunning, registers_), 1u);
  table.run(WatchdogAction::kSetStopped, registers_);
  EXPECT_EQ(registers_.words[kControl], 0xffffu);
}

TEST_F(WatchdogTableTest, CurrentCountdownIsItsFieldAlone) {
  registers_.words[kReload] = 0xfc64;
  EXPECT_EQ(parsed().run(WatchdogAction::kCurrentCountdown, registers_), 100u);
}

TEST_F(WatchdogTableTest, ActionTheTableLacksTouchesNothing) {
  table_.resize(68);
  put(64, 0);
  const WatchdogTable table = parsed();
  EXPECT_FALSE(table.has(WatchdogAction::kSetReboot));
  EXPECT_EQ(table.run(WatchdogAction::kSetReboot, registers_), 0u);
  EXPECT_EQ(registers_.accesses, 0u);
}

TEST_F(WatchdogTableTest, RegistersAreNamedWithTheirWidth) {
  uint32_t seen = 0;
  parsed().for_each_register(WatchdogAction::kSetReboot,
                             [&](RegisterSpace space, uint64_t address, uint32_t bytes) {
                               ++seen;
                               EXPECT_EQ(space, RegisterSpace::kMemory);
                               EXPECT_EQ(address, kReboot);
                               EXPECT_EQ(bytes, 4u);
                             });
  EXPECT_EQ(seen, 1u);
}

TEST_F(WatchdogTableTest, WidthIsThatOfTheFieldWhereNoneIsSaid) {
  const auto width = [](uint8_t bits, uint8_t offset) {
    return access_bytes({0, 0, 0, 1, bits, offset, 0, 0x660, 0, 0});
  };
  EXPECT_EQ(width(1, 3), 1u);
  EXPECT_EQ(width(1, 11), 2u);
  EXPECT_EQ(width(32, 0), 4u);
}

TEST_F(WatchdogTableTest, EveryShorterTableIsUnusable) {
  const std::vector<uint8_t> whole = table_;
  for (size_t length = 0; length < whole.size(); ++length) {
    table_.assign(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
    expect_unusable();
  }
}

TEST_F(WatchdogTableTest, OtherSignatureIsUnusable) {
  table_[0] = 'X';
  expect_unusable();
}

TEST_F(WatchdogTableTest, SwitchedOffIsUnusable) {
  table_[60] = 0;
  expect_unusable();
}

TEST_F(WatchdogTableTest, NoCountdownIsUnusable) {
  put(48, 0);
  expect_unusable();
}

TEST_F(WatchdogTableTest, RegisterThatCannotBeAccessedIsUnusable) {
  const std::vector<uint8_t> whole = table_;
  const auto with = [&](uint8_t space, uint8_t bit_offset, uint8_t access, uint64_t address) {
    table_ = whole;
    count_ = 7;
    add(WatchdogAction::kReset, 2, space, bit_offset, access, address, 0, 0);
    expect_unusable();
  };
  with(2, 0, 2, 0x660);   // PCI configuration space
  with(1, 0, 4, 0x660);   // 64 bits at once
  with(1, 32, 3, 0x660);  // behind the register
  with(1, 0, 2, 0xffff);  // over the last port
  with(0, 0, 3, 0);       // nowhere
  with(0, 0, 3, 0x1002);  // across its own alignment
}

}  // namespace
}  // namespace nvresume
