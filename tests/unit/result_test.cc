// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace nvresume {
namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0)
    return Error(Reason::kBadArgument, "odd: ").with(static_cast<uint64_t>(number));
  return number / 2;
}

Result<int> quarter_of(int number) {
  NVRESUME_ASSIGN(const int half, half_of(number));
  return half_of(half);
}

Status check_quarter(int number) {
  NVRESUME_TRY(quarter_of(number));
  return ok_status();
}

TEST(ResultTest, AValueComesThroughAndAnErrorStopsAtTheFirst) {
  EXPECT_EQ(quarter_of(12).value(), 3);
  EXPECT_EQ(quarter_of(6).error().text(), "odd: 3");
  EXPECT_EQ(check_quarter(5).error().text(), "odd: 5");
  EXPECT_TRUE(check_quarter(8).ok());
}

TEST(ResultTest, MovedResultsKeepTheirOwnedValue) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  Result<std::unique_ptr<int>> moved(std::move(result));
  EXPECT_EQ(**moved, 5);
}

TEST(ResultDeathTest, ReadingTheValueOfAnErrorTraps) {
  auto result = half_of(1);
  EXPECT_DEATH((void)result.value(), "");
}

TEST(ErrorTest, NumbersAreWrittenWhole) {
  EXPECT_EQ(Error(Reason::kIoError).with(UINT64_MAX).text(), "18446744073709551615");
  EXPECT_EQ(Error(Reason::kIoError).with(uint64_t{0}).text(), "0");
  EXPECT_EQ(Error(Reason::kIoError).with_hex(UINT64_MAX).text(), "0xffffffffffffffff");
  EXPECT_EQ(Error(Reason::kIoError).with_hex(0).text(), "0x0");
}

TEST(ErrorTest, WithoutATextItSaysItsSentence) {
  Error error(Reason::kNoImage);
  EXPECT_EQ(error.text(), "no image is stored");
  EXPECT_EQ(error.prefix("range 1").prefix("boot").text(), "boot: range 1: no image is stored");
}

TEST(ErrorTest, TooLongATextIsCutAtItsEnd) {
  Error error(Reason::kIoError, std::string(1000, 'x'));
  EXPECT_EQ(error.text().size(), 320u);
  error.with("more").with(uint64_t{7}).prefix("context");
  EXPECT_EQ(error.text().size(), 320u);
  EXPECT_TRUE(error.text().starts_with("context: xxx"));
}

}  // namespace
}  // namespace nvresume
