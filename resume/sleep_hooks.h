// SPDX-License-Identifier: GPL-2.0-or-later
// sleep_hooks.h: the programs systemd-sleep(8) runs around a hibernation, run the same way, because
// `nvresume save` stands in its place.
#pragma once

namespace nvresume {

/// "pre hibernate" when made, "post hibernate" when it goes out of scope: the hooks are told of the
/// end whatever became of the save. A hook's failure stops nothing, as with systemd-sleep.
class SleepHooks {
 public:
  SleepHooks();
  ~SleepHooks();
  SleepHooks(const SleepHooks&) = delete;
  SleepHooks& operator=(const SleepHooks&) = delete;
};

/// Runs every executable of `directory` with `phase` and "hibernate", all at once, and waits for
/// them, bounded. Returns how many were started.
int run_sleep_hooks(const char* directory, const char* phase);

}  // namespace nvresume
