// SPDX-License-Identifier: GPL-2.0-or-later
// The whole stage with an image that waits: up to the jump, which the fake does not let happen, and
// every way a refusal can take. Before the jump everything can be undone, and is.
#include <gtest/gtest.h>

#include "image/watchdog_table.h"
#include "tests/unit/efi_stage_direct.h"

namespace nvresume::efi {
namespace {

/// What trampoline.S does before it enters the kernel.
void copy_late(uint64_t first) {
  for (auto* link = reinterpret_cast<const LateLink*>(first); link != nullptr;
       link = reinterpret_cast<const LateLink*>(link->next))
    for (uint64_t i = 0; i < link->count; ++i)
      memcpy(reinterpret_cast<void*>(link->copies[i].to),
             reinterpret_cast<const void*>(link->copies[i].from), kEfiPageBytes);
}

TEST_F(StageDirectTest, WholeImageIsInItsPlaceWhenTheJumpComes) {
  save();
  fake_hand_over.at_jump = [](const HandOver& way) {
    EXPECT_EQ(way.record.jump_address, 0xffffffff81000000);
    EXPECT_LT(way.code_page, uint64_t{1} << 32);
    copy_late(way.late_first);
    const std::vector<uint8_t> pages = fake_pages();
    for (uint64_t i = 0; i < kFakeDataPages; ++i)
      EXPECT_EQ(memcmp(reinterpret_cast<const void*>(fake_page_address(i)),
                       pages.data() + i * kEfiPageBytes, kEfiPageBytes),
                0)
          << "page " << i;
  };
  boot();
  ASSERT_EQ(fake_hand_over.count, 1) << firmware_.console;
  // The fake did not let go of the machine: the image waits again, and only a reset is left.
  EXPECT_EQ(firmware_.resets, 1);
  EXPECT_TRUE(is_committed(range_));
}

/// A WDAT table's body: halted by one bit of a port, `counts` of half a second at most.
std::vector<uint8_t> watchdog_table(uint32_t counts) {
  const WatchdogInstruction instructions[] = {
      {6, 3, 0, 1, 16, 0, 2, 0x672, 0, 0x3ff},
      {8, 0, 0, 1, 16, 11, 2, 0x668, 0, 1},
      {9, 2 | 0x80, 0, 1, 16, 11, 2, 0x668, 0, 1},
  };
  std::vector<uint8_t> body(32 + sizeof instructions, 0);
  const auto put = [&](size_t offset, uint32_t value) { memcpy(body.data() + offset, &value, 4); };
  put(12, 500);
  put(16, counts);
  body[24] = 1;  // enabled
  put(28, 3);
  memcpy(body.data() + 32, instructions, sizeof instructions);
  return body;
}

class StageWatchdogTest : public StageDirectTest {
 protected:
  StageWatchdogTest() { fake_ports = {{0x668, 0xffff}, {0x672, 0}}; }
  ~StageWatchdogTest() override { fake_ports.clear(); }

  void install(uint32_t counts) {
    firmware_.add_acpi_table("WDAT", watchdog_table(counts));
    (void)firmware_.run_stage();  // the fingerprint of the machine as it is now
  }
  bool halted() const { return (fake_ports.at(0x668) & 1 << 11) != 0; }
};

TEST_F(StageWatchdogTest, IsArmedAcrossTheJumpWhereTheSavedProgramStopsIt) {
  install(1000);
  save_direct_image(range_, Watchdog::kStopped);
  bool halted_at_jump = true;
  fake_hand_over.at_jump = [&](const HandOver&) { halted_at_jump = halted(); };
  boot();
  EXPECT_EQ(fake_hand_over.count, 1) << firmware_.console;
  EXPECT_FALSE(halted_at_jump);
  EXPECT_EQ(fake_ports.at(0x672), 360u) << "three minutes";
  EXPECT_NE(firmware_.console.find("nobody is there in 180 s"), std::string::npos);
}

TEST_F(StageWatchdogTest, IsLeftAloneWhereNobodyWouldStopIt) {
  install(1000);
  save_direct_image(range_);
  boot();
  EXPECT_EQ(fake_hand_over.count, 1) << firmware_.console;
  EXPECT_TRUE(halted());
}

TEST_F(StageWatchdogTest, IsLeftAloneWhereItCountsLessThanAMinute) {
  install(100);
  save_direct_image(range_, Watchdog::kStopped);
  boot();
  EXPECT_EQ(fake_hand_over.count, 1) << firmware_.console;
  EXPECT_TRUE(halted());
  EXPECT_NE(firmware_.console.find("no hardware watchdog"), std::string::npos);
}

TEST_F(StageWatchdogTest, IsNotArmedByARefusal) {
  install(1000);
  save_direct_image(range_, Watchdog::kStopped);
  corrupt_last_chunk(range_);
  boot();
  expect_refused("chunk-corrupt");
  EXPECT_TRUE(halted());
}

TEST_F(StageDirectTest, TwoProcessorsDecodeAndAreIdleAfterARefusal) {
  firmware_.add_processor();
  (void)firmware_.run_stage();  // the fingerprint of the machine as it is now
  save();
  corrupt_last_chunk(range_);
  boot();
  expect_refused("chunk-corrupt");
}

TEST_F(StageDirectTest, DamagedChunkIsRefusedWithEverythingGivenBack) {
  save();
  corrupt_last_chunk(range_);
  boot();
  expect_refused("chunk-corrupt");
  EXPECT_EQ(range_.direct_reason, static_cast<uint32_t>(Reason::kChunkCorrupt));
  EXPECT_EQ(firmware_.watchdog_arms, 2) << "for the decoding, and for the loader";
}

TEST_F(StageDirectTest, EscapeTakesTheOrdinaryWay) {
  save();
  firmware_.press_key('x');
  press_escape();
  boot();
  expect_refused("skip-key");
}

TEST_F(StageDirectTest, EscapeIsSeenHoweverQuickTheDecodingWas) {
  save();
  firmware_.press_key_at("Esc boots the loader instead", kNoCharacter, kScanEscape);
  boot();
  expect_refused("skip-key");
}

TEST_F(StageDirectTest, ConfiguredSkipKeyTakesTheOrdinaryWay) {
  config_.skip_key = 'n';
  firmware_.put_config(config_);
  save();
  firmware_.press_key('n');
  boot();
  expect_refused("skip-key");
}

TEST_F(StageDirectTest, SwitchedOffReadsNoKey) {
  config_.direct = static_cast<uint32_t>(DirectMode::kOff);
  firmware_.put_config(config_);
  save();
  press_escape();  // meant for GRUB
  boot();
  expect_refused("direct-off");
}

TEST_F(StageDirectTest, AnyFailingFirmwareCallBeforeTheJumpLeavesNothingBehind) {
  firmware_.add_processor();
  (void)firmware_.run_stage();  // the fingerprint of the machine as it is now
  save();
  boot();
  ASSERT_EQ(fake_hand_over.count, 1) << firmware_.console;
  const uint32_t calls = firmware_.fallible_calls();
  uint32_t refused = 0;
  for (uint32_t number = 1; number <= calls; ++number) {
    SCOPED_TRACE("call " + std::to_string(number) + " fails");
    firmware_.fail_call(0);
    save();
    firmware_.fail_call(number);
    boot();
    expect_everything_given_back();
    // One that only cost a processor or a nicer message does not stop the resume.
    if (fake_hand_over.count != 0) continue;
    ++refused;
    EXPECT_TRUE(is_committed(range_));
  }
  EXPECT_GT(refused, 20u) << "of " << calls;
}

}  // namespace
}  // namespace nvresume::efi
