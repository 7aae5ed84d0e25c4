// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/cancel.h"

#include <pthread.h>
#include <signal.h>

#include "resume/blocked_signals.h"
#include "tests/unit/resume_system_root.h"

namespace nvresume {
namespace {

class Cancelling : public testing::Test {
 protected:
  /// To this thread, as the terminal's Ctrl-C would come to the program.
  void send(int signal) { ASSERT_EQ(::pthread_kill(::pthread_self(), signal), 0); }

  SystemRoot root_;
  BlockedSignals blocked_;
  Cancel cancel_ = Cancel::watch();
};

TEST_F(Cancelling, NobodyWantsTo) {
  EXPECT_FALSE(cancel_.has_keyboard());
  EXPECT_TRUE(cancel_.check().ok());
}

TEST_F(Cancelling, AnInterruptIsTakenOnce) {
  send(SIGINT);
  const Status cancelled = cancel_.check();
  ASSERT_FALSE(cancelled.ok());
  EXPECT_EQ(cancelled.error().reason(), Reason::kCancelled);
  EXPECT_NE(cancelled.error().text().find("Ctrl-C"), std::string_view::npos);
  EXPECT_TRUE(cancel_.check().ok()) << "it will not end the program later";
}

TEST_F(Cancelling, TheServiceManagerMayToo) {
  send(SIGTERM);
  EXPECT_EQ(cancel_.check().error().reason(), Reason::kCancelled);
}

TEST_F(Cancelling, AWaitingSignalIsSeenAndLeftToBeTaken) {
  EXPECT_FALSE(cancel_is_pending());
  send(SIGTERM);
  EXPECT_TRUE(cancel_is_pending());
  EXPECT_TRUE(cancel_is_pending()) << "to ask does not take it";
  EXPECT_FALSE(cancel_.check().ok());
  EXPECT_FALSE(cancel_is_pending());
}

TEST_F(Cancelling, ALostConnectionDoesNot) {
  send(SIGHUP);
  EXPECT_FALSE(cancel_is_pending());
  EXPECT_TRUE(cancel_.check().ok());
  sigset_t hang_up;
  sigemptyset(&hang_up);
  sigaddset(&hang_up, SIGHUP);
  int signal = 0;
  EXPECT_EQ(::sigwait(&hang_up, &signal), 0) << "still there";
}

TEST_F(Cancelling, WhatIsNoKeyboardIsNotWatched) {
  root_.write("/dev/input/event0", "no device");
  root_.write("/dev/input/mice", "no device");
  EXPECT_FALSE(Cancel::watch().has_keyboard());
}

}  // namespace
}  // namespace nvresume
