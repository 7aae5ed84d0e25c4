// SPDX-License-Identifier: GPL-2.0-or-later
// platform_watchdog.h: the hardware watchdog that the stage armed before it jumped into this
// system (efi/platform_watchdog.h), stopped as soon as it is up again.
#pragma once

#include <optional>
#include <string>

#include "image/watchdog_table.h"
#include "resume/console.h"

namespace nvresume {

class PlatformWatchdog {
 public:
  /// Before the save, while files can be read. Nothing where the machine has no WDAT table, where
  /// the kernel forbids programs the ports it names, or where the watchdog runs or a driver feeds
  /// one: who keeps it running wakes it up again, and nobody else may stop it.
  static std::optional<PlatformWatchdog> claim();

  /// In the resumed world. Does nothing where it does not run, as after a resume through the
  /// initramfs.
  void stop(Console& console) const;

 private:
  PlatformWatchdog(std::string bytes, const WatchdogTable& table)
      : bytes_(std::move(bytes)), table_(table) {}

  std::string bytes_;  ///< of the ACPI table; `table_` is a view of the heap they are on
  WatchdogTable table_;
};

/// Whether a watchdog driver is active (/sys/class/watchdog).
bool is_watchdog_fed();

/// Stops it and returns the milliseconds that were left (0 where the table cannot tell); nothing
/// where it does not run. `Registers`: see WatchdogTable::run().
template <typename Registers>
std::optional<uint64_t> stop_watchdog(const WatchdogTable& table, Registers& registers) {
  if (table.run(WatchdogAction::kGetRunning, registers) == 0) return std::nullopt;
  const uint64_t counts = table.run(WatchdogAction::kCurrentCountdown, registers);
  table.run(WatchdogAction::kSetStopped, registers);
  return counts * table.count_ms();
}

}  // namespace nvresume
