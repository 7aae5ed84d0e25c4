// SPDX-License-Identifier: GPL-2.0-or-later
// blocked_signals.h: nothing may end the saving process between its first change and the power-off:
// its death closes /dev/snapshot, and the kernel thaws a machine whose image may be committed.
#pragma once

#include <signal.h>

namespace nvresume {

/// In this thread, and in those it starts. A signal that came meanwhile arrives at the end.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    (void)sigfillset(&all);  // neither call can fail with these arguments
    (void)sigprocmask(SIG_BLOCK, &all, &before_);
  }
  ~BlockedSignals() { (void)sigprocmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace nvresume
