// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/background_work.h"

#include <unistd.h>

#include "resume/child_process.h"
#include "resume/phase_clock.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kAskLimitNs = 10'000'000'000;  // chosen: the system is just coming back

/// systemctl's question must be out before this program ends: systemd then ends whatever else runs
/// in the unit of the save. Restarted: one that was still at work when this save began has the last
/// save's record and messages.
void ask_systemd() {
  constexpr const char* kUnits[] = {
      "systemctl", "--no-block", "restart", "nvresume-swapin.service", "nvresume-scrub.service",
      nullptr};
  const pid_t child = start_program(kUnits, environ, ChildTies::kNone);
  if (child > 0) (void)wait_for_exit(child, clock_ns() + kAskLimitNs);
}

}  // namespace

void start_background_work() {
  if (file_exists("/run/systemd/system")) return ask_systemd();
  constexpr const char* kSwapin[] = {"/proc/self/exe", "swapin", nullptr};
  (void)start_program(kSwapin, environ, ChildTies::kNone);  // else pages come when they are touched
}

}  // namespace nvresume
