// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/platform_watchdog.h"

#include "efi/acpi.h"
#include "efi/page_tables.h"
#include "efi/privileged.h"
#include "image/watchdog_table.h"

namespace nvresume::efi {
namespace {

Error not_armed(std::string_view why) { return Error(Reason::kUnsupportedFirmware, why); }

/// The table's registers, ports and memory.
class Registers {
 public:
  uint32_t read(RegisterSpace space, uint64_t address, uint32_t bytes) const {
    if (space == RegisterSpace::kPort) return read_port(static_cast<uint16_t>(address), bytes);
    switch (bytes) {
      case 1:
        return *reinterpret_cast<volatile uint8_t*>(address);
      case 2:
        return *reinterpret_cast<volatile uint16_t*>(address);
      default:
        return *reinterpret_cast<volatile uint32_t*>(address);
    }
  }
  void write(RegisterSpace space, uint64_t address, uint32_t bytes, uint32_t value) const {
    if (space == RegisterSpace::kPort)
      return write_port(static_cast<uint16_t>(address), bytes, value);
    switch (bytes) {
      case 1:
        *reinterpret_cast<volatile uint8_t*>(address) = static_cast<uint8_t>(value);
        return;
      case 2:
        *reinterpret_cast<volatile uint16_t*>(address) = static_cast<uint16_t>(value);
        return;
      default:
        *reinterpret_cast<volatile uint32_t*>(address) = value;
    }
  }
};

/// Counts of the wanted time, within what the timer can do; 0 where that is less than a minute.
uint32_t counts_of(const WatchdogTable& table) {
  const uint64_t wanted = uint64_t{kPlatformWatchdogS} * 1000 / table.count_ms();
  const auto counts = static_cast<uint32_t>(wanted > table.maximum_count()   ? table.maximum_count()
                                            : wanted < table.minimum_count() ? table.minimum_count()
                                                                             : wanted);
  return uint64_t{counts} * table.count_ms() < kPlatformWatchdogMinimumS * 1000 ? 0 : counts;
}

/// A page fault in firmware is a hang: the very thing this is against.
bool is_mapped(const WatchdogTable& table) {
  const PageTableRoot root = current_page_tables();
  bool mapped = true;
  table.for_each([&](const WatchdogInstruction& step) {
    if (step.space == static_cast<uint8_t>(RegisterSpace::kMemory) &&
        !is_identity_mapped(root, step.address, access_bytes(step)))
      mapped = false;
  });
  return mapped;
}

}  // namespace

Result<uint32_t> arm_platform_watchdog(const EFI_SYSTEM_TABLE& system) {
  const ConstBytes bytes = find_acpi_table(find_rsdp(system), "WDAT");
  if (bytes.empty()) return not_armed("firmware has no WDAT table");
  NVRESUME_ASSIGN(const WatchdogTable table, WatchdogTable::parse(bytes));
  for (const WatchdogAction action :
       {WatchdogAction::kSetCountdown, WatchdogAction::kGetRunning, WatchdogAction::kSetRunning})
    if (!table.has(action)) return not_armed("the WDAT table lacks an action");
  if (!is_mapped(table)) return not_armed("firmware does not map the watchdog's registers");
  const uint32_t counts = counts_of(table);
  if (counts == 0) return not_armed("it counts less than a minute");
  Registers registers;
  table.run(WatchdogAction::kSetCountdown, registers, counts);
  table.run(WatchdogAction::kSetReboot, registers);
  table.run(WatchdogAction::kSetRunning, registers);
  table.run(WatchdogAction::kReset, registers);  // some count from the value before until this
  if (table.run(WatchdogAction::kGetRunning, registers) == 0) return not_armed("it does not start");
  return static_cast<uint32_t>(uint64_t{counts} * table.count_ms() / 1000);
}

}  // namespace nvresume::efi
