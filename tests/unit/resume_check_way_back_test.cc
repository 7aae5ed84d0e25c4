// SPDX-License-Identifier: GPL-2.0-or-later
// After the commit: power-off refused, a wake event, a machine that stays on. The only way back is
// the one on which no image is left.
#include "resume/way_back.h"

#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>

#include "resume/power_off.h"
#include "tests/test_image.h"
#include "tests/unit/fake_snapshot.h"

namespace {

constexpr int kHaltedStatus = 71;

/// The machine below the program, as far as switching it off goes.
struct Machine {
  std::vector<int> asked;  ///< reboot(2)'s commands
  bool stays_on = false;   ///< its devices are shut down, and then it does not go off
  std::function<int()> at_wait = [] { return 1; };
};
Machine* machine = nullptr;

}  // namespace

/// In the whole test program instead of libc's: no test may stop the machine it runs on.
extern "C" int reboot(int command) noexcept {
  if (machine != nullptr) {
    machine->asked.push_back(command);
    if (machine->stays_on) syscall(SYS_exit, 0);  // what do_exit() is to a thread
    if (command == static_cast<int>(RB_HALT_SYSTEM)) _exit(kHaltedStatus);
  }
  errno = EINVAL;
  return -1;
}

/// A process that waits for ever has ended, for a test.
extern "C" int pause() { _exit(machine != nullptr ? machine->at_wait() : 1); }

namespace nvresume {
namespace {

class WayBack : public testing::Test {
 protected:
  void SetUp() override {
    const auto stream = static_cast<TestStream (*)(uint64_t)>(make_stream)(3);
    ASSERT_TRUE(save_image(area_, range_.swap, stream, 1).ok());
    ASSERT_EQ(pending(), Reason::kNone);
    machine = &machine_;
  }
  void TearDown() override { machine = nullptr; }

  ImageArea open() { return std::move(ImageArea::open(range_.area).value()); }
  Reason pending() {
    const Status status = check_image_pending(open(), range_.swap);
    return status.ok() ? Reason::kNone : status.error().reason();
  }
  /// The end of a save: power off, and back if that returns.
  Error end_save(PowerMode mode) {
    return go_back(area_, range_.swap, frozen_, console_,
                   power_off(device_, mode, frozen_, console_));
  }
  void expect_back(const Error& error, Reason reason) {
    EXPECT_EQ(error.reason(), reason);
    EXPECT_EQ(pending(), reason) << "what the next boot would find";
    EXPECT_EQ(open().state(), State::kFailed);
    EXPECT_EQ(read_swap_signature(range_.swap).value(), SwapSignature::kSwap);
    EXPECT_TRUE(device_.frozen) << "nothing thaws before the image is gone";
  }

  TestRange range_ = make_formatted_range();
  ImageArea area_ = open();
  FakeSnapshot device_;
  FrozenUserspace frozen_ = std::move(FrozenUserspace::freeze(device_).value());
  Console console_;
  Machine machine_;
};

TEST_F(WayBack, WakeEventTakesTheImageBackAndLeavesTheMachineOn) {
  device_.power_off_error = Error(Reason::kWakeEvent);
  expect_back(end_save(PowerMode::kAuto), Reason::kWakeEvent);
  EXPECT_TRUE(machine_.asked.empty())
      << "somebody wants the machine: no plain power-off behind his back";
}

TEST_F(WayBack, PlatformThatRefusesIsPoweredOffPlainlyInAutoMode) {
  expect_back(end_save(PowerMode::kAuto), Reason::kPowerOffRefused);
  EXPECT_EQ(machine_.asked, std::vector<int>{RB_POWER_OFF});
}

TEST_F(WayBack, PlatformModeAloneTriesNothingElse) {
  expect_back(end_save(PowerMode::kPlatform), Reason::kPowerOffRefused);
  EXPECT_TRUE(machine_.asked.empty());
}

TEST_F(WayBack, MachineThatDoesNotPowerOffGoesOnWithoutAnImage) {
  expect_back(end_save(PowerMode::kShutdown), Reason::kPowerOffRefused);
  EXPECT_EQ(machine_.asked, std::vector<int>{RB_POWER_OFF});
  EXPECT_TRUE(frozen_.thaw().ok());
}

TEST_F(WayBack, CommitThatFailedHalfwayIsTakenBackToo) {
  const Error error =
      go_back(area_, range_.swap, frozen_, console_, Error(Reason::kIoError, "commit"));
  expect_back(error, Reason::kIoError);
}

using WayBackDeathTest = WayBack;

TEST_F(WayBackDeathTest, MachineThatStaysOnWithoutItsDevicesStaysFrozenWithTheImage) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer joins a thread that the kernel ended for ever; run under asan";
#endif
  constexpr int kFrozenWithImageStatus = 72;
  machine_.stays_on = true;
  machine_.at_wait = [this] {
    const bool as_saved = device_.frozen && pending() == Reason::kNone;
    return as_saved ? kFrozenWithImageStatus : 1;
  };
  EXPECT_EXIT((void)end_save(PowerMode::kShutdown), testing::ExitedWithCode(kFrozenWithImageStatus),
              "");
}

TEST_F(WayBackDeathTest, ImageThatCannotBeTakenBackStopsTheMachine) {
  for (const uint64_t offset : {kSuperblockAOffset, kSuperblockBOffset}) {
    EXPECT_EXIT(
        {
          range_.area.drop_writes_to(offset);
          (void)end_save(PowerMode::kShutdown);
        },
        testing::ExitedWithCode(kHaltedStatus), "");
  }
  EXPECT_EXIT(
      {
        range_.swap.fail_flush(1);
        (void)end_save(PowerMode::kAuto);
      },
      testing::ExitedWithCode(kHaltedStatus), "");
}

}  // namespace
}  // namespace nvresume
