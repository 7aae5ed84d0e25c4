// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/line.h"

#include <gtest/gtest.h>

#include <string>

#include "efi/tsc.h"

namespace nvresume::efi {
namespace {

TEST(LineTest, NumbersAndHex) {
  EXPECT_EQ(Line("a ").number(0).text(" ").number(7, 2).text(" ").number(~uint64_t{0}).view(),
            "a 0 07 18446744073709551615");
  EXPECT_EQ(Line().hex(0).text(" ").hex(0x100000000).text(" ").hex(~uint64_t{0}).view(),
            "0x0 0x100000000 0xffffffffffffffff");
}

TEST(LineTest, SecondsAreRounded) {
  EXPECT_EQ(Line().seconds(1'044'999'999).view(), "1.04 s");
  EXPECT_EQ(Line().seconds(1'995'000'000).view(), "2.00 s");
  EXPECT_EQ(Line().seconds(9'000'000).view(), "0.01 s");
}

TEST(LineTest, DatesIncludeLeapDaysAndCenturies) {
  EXPECT_EQ(Line().utc(0).view(), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(Line().utc(951'782'399).view(), "2000-02-28 23:59:59 UTC");
  EXPECT_EQ(Line().utc(951'782'400).view(), "2000-02-29 00:00:00 UTC");
  EXPECT_EQ(Line().utc(1'795'299'120).view(), "2026-11-21 22:12:00 UTC");
  EXPECT_EQ(Line().utc(4'107'542'400).view(), "2100-03-01 00:00:00 UTC");
}

TEST(LineTest, BytesOutOfTheNvmCannotReachTheTerminal) {
  EXPECT_EQ(Line("a\x1b[2Jb\xff").view(), "a?[2Jb?");
}

TEST(LineTest, TooLongTextIsCut) { EXPECT_EQ(Line(std::string(1000, 'x')).view().size(), 480u); }

TEST(TscTest, TicksBecomeNanosecondsWithoutOverflow) {
  EXPECT_EQ(ticks_to_ns(3'000'000, 3'000'000), 1'000'000u);
  EXPECT_EQ(ticks_to_ns(1, 2'000'000), 0u);
  uint64_t year_ticks = uint64_t{5'000'000'000} * 86400 * 365;
  EXPECT_EQ(ticks_to_ns(year_ticks, 5'000'000), uint64_t{86400} * 365 * 1'000'000'000);
}

TEST(TscTest, UnknownRateIsZero) {
  EXPECT_EQ(ticks_to_ns(123, 0), 0u);
  EXPECT_EQ(mb_per_s(1 << 20, 0), 0u);
  EXPECT_EQ(mb_per_s(1'000'000, 1'000'000), 1000u);
}

}  // namespace
}  // namespace nvresume::efi
