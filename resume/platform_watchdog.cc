// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/platform_watchdog.h"

#include <sys/io.h>

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kTable[] = "/sys/firmware/acpi/tables/WDAT";
constexpr char kWatchdogs[] = "/sys/class/watchdog";

/// What stopping it takes.
constexpr WatchdogAction kNeeded[] = {WatchdogAction::kGetRunning, WatchdogAction::kSetStopped};
constexpr WatchdogAction kUsed[] = {WatchdogAction::kGetRunning, WatchdogAction::kSetStopped,
                                    WatchdogAction::kCurrentCountdown};

/// The kernel granted them to this thread; the grant comes back with the saved kernel.
class Ports {
 public:
  uint32_t read(RegisterSpace, uint64_t address, uint32_t bytes) const {
    const auto port = static_cast<uint16_t>(address);
    return bytes == 1 ? inb(port) : bytes == 2 ? inw(port) : inl(port);
  }
  void write(RegisterSpace, uint64_t address, uint32_t bytes, uint32_t value) const {
    const auto port = static_cast<uint16_t>(address);
    if (bytes == 1)
      outb(static_cast<uint8_t>(value), port);
    else if (bytes == 2)
      outw(static_cast<uint16_t>(value), port);
    else
      outl(value, port);
  }
};

bool grant_ports(const WatchdogTable& table) {
  bool granted = true;
  for (const WatchdogAction action : kUsed)
    table.for_each_register(action, [&](RegisterSpace space, uint64_t address, uint32_t bytes) {
      if (space != RegisterSpace::kPort || ioperm(address, bytes, 1) != 0) granted = false;
    });
  return granted;
}

}  // namespace

bool is_watchdog_fed() {
  for (const std::string& name : list_directory(kWatchdogs))
    if (read_text_or_empty(std::string(kWatchdogs) + "/" + name + "/state") == "active")
      return true;
  return false;
}

std::optional<PlatformWatchdog> PlatformWatchdog::claim() {
  if (is_watchdog_fed()) return std::nullopt;
  std::optional<std::string> bytes = read_bytes(kTable);
  if (!bytes) return std::nullopt;
  const auto table = WatchdogTable::parse(
      ConstBytes(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size()));
  if (!table.ok()) return std::nullopt;
  for (const WatchdogAction action : kNeeded)
    if (!table->has(action)) return std::nullopt;
  if (!grant_ports(*table)) return std::nullopt;
  Ports ports;
  if (table->run(WatchdogAction::kGetRunning, ports) != 0) return std::nullopt;
  return PlatformWatchdog(std::move(*bytes), *table);
}

void PlatformWatchdog::stop(Console& console) const {
  Ports ports;
  const std::optional<uint64_t> left_ms = stop_watchdog(table_, ports);
  if (!left_ms) return;
  console.print("hardware watchdog stopped, %lu s before it would have reset the machine",
                *left_ms / 1000);
}

}  // namespace nvresume
