// SPDX-License-Identifier: GPL-2.0-or-later
// child_process.h: programs that a save starts, and waits for with a bound if at all.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <optional>

namespace nvresume {

enum class ChildTies : uint8_t {
  kOurs,  ///< our session and our input and output
  kNone,  ///< a session of its own and /dev/null: it may outlive us, and no terminal ends it
};

/// Starts arguments[0], looked for in PATH where it has no slash. No signal is blocked in it: a
/// save blocks its own (blocked_signals.h). -1 where it could not be started.
pid_t start_program(const char* const* arguments, const char* const* environment, ChildTies ties);

/// The status waitpid() has, 0 where the system keeps none (SIGCHLD ignored); nothing where the
/// child still runs at `deadline_ns` (clock_ns()).
std::optional<int> wait_for_exit(pid_t child, uint64_t deadline_ns);

}  // namespace nvresume
