// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/console.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nvresume::efi {
namespace {

struct FakeConsole {
  std::string seen;
  int calls = 0;
  int failures = 0;  ///< of the next calls; each takes `taken` characters
  size_t taken = 0;
  std::vector<UINTN> stalls_us;
};
FakeConsole* console;

EFI_STATUS EFIAPI fake_print(SIMPLE_TEXT_OUTPUT_INTERFACE*, CHAR16* text) {
  std::string all;
  for (; *text != 0; ++text) all.push_back(static_cast<char>(*text));
  ++console->calls;
  if (console->failures == 0) {
    console->seen += all;
    return EFI_SUCCESS;
  }
  --console->failures;
  console->seen += all.substr(0, console->taken);
  return EFI_DEVICE_ERROR;
}
EFI_STATUS EFIAPI fake_stall(UINTN us) {
  console->stalls_us.push_back(us);
  return EFI_SUCCESS;
}

class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest() {
    console = &fake_;
    output_.OutputString = fake_print;
    boot_.Stall = fake_stall;
  }
  FakeConsole fake_;
  SIMPLE_TEXT_OUTPUT_INTERFACE output_{};
  EFI_BOOT_SERVICES boot_{};
  Console console_{&output_, boot_};
};

TEST_F(ConsoleTest, LineAndItsEndAreOneCall) {
  const std::string line(200, 'x');
  console_.print(line);
  EXPECT_EQ(fake_.calls, 1);
  EXPECT_TRUE(fake_.seen.starts_with(line));
  EXPECT_EQ(fake_.seen.substr(line.size()), "\r\n");
}

TEST_F(ConsoleTest, LineCutShortIsPrintedAgainOnALineOfItsOwn) {
  fake_.failures = 2;
  fake_.taken = 13;
  console_.print("nvresume: stage 0.1.0");
  EXPECT_EQ(fake_.seen, "nvresume: sta\r\nnvresume: s\r\nnvresume: stage 0.1.0\r\n");
  EXPECT_EQ(fake_.stalls_us.size(), 2u);
}

TEST_F(ConsoleTest, PortThatNobodyReadsCostsItsTimeOnce) {
  fake_.failures = 1000;
  console_.print("first");
  const int calls = fake_.calls;
  EXPECT_GT(calls, 1);
  console_.print("second");
  EXPECT_EQ(fake_.calls, calls + 1);
}

TEST_F(ConsoleTest, LineAfterProgressBeginsOnALineOfItsOwn) {
  console_.progress(Line("10%"));
  console_.progress(Line("20%"));
  console_.print("done");
  EXPECT_EQ(fake_.seen, "\r10%\r20%\r\ndone\r\n");
}

TEST_F(ConsoleTest, LongestTextIsCutNotOverrun) {
  console_.print(std::string(2000, 'x'));
  EXPECT_EQ(fake_.calls, 1);
  EXPECT_LT(fake_.seen.size(), 600u);
}

TEST_F(ConsoleTest, MachineWithoutConsoleIsNotAsked) {
  Console none(nullptr, boot_);
  none.print("line");
  none.progress(Line("progress"));
  EXPECT_EQ(fake_.calls, 0);
}

}  // namespace
}  // namespace nvresume::efi
