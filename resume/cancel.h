// SPDX-License-Identifier: GPL-2.0-or-later
// cancel.h: a person's second thoughts during a save. Until the commit a save can be given up at
// any moment: Ctrl-C or SIGTERM for the program, and, since nobody's terminal works while
// everything is frozen, the Escape key of any keyboard once the snapshot is made.
#pragma once

#include <vector>

#include "image/result.h"
#include "resume/unique_fd.h"

namespace nvresume {

/// Whether a signal that Cancel::check() would take is waiting for it, to any thread of the
/// process. It goes on waiting. REQUIRES: signals are blocked (blocked_signals.h).
bool cancel_is_pending();

class Cancel {
 public:
  /// The keyboards there are. Before the freeze: nothing can be opened afterwards.
  static Cancel watch();
  bool has_keyboard() const { return !keyboards_.empty(); }
  /// What was typed up to now was meant for some program.
  void forget_keys() { (void)was_escape_pressed(); }
  /// kCancelled once somebody wants the save to end. The signal is taken: it will not be delivered.
  /// REQUIRES: signals are blocked (blocked_signals.h).
  Status check();
  /// The same while programs run, to one of which a key belongs: signals alone.
  Status check_signals();

 private:
  bool was_escape_pressed();

  std::vector<UniqueFd> keyboards_;
};

}  // namespace nvresume
