// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_list.h"

namespace nvresume {

std::optional<Finding> check_memory_map(const CheckedMachine& machine) {
  constexpr char kWhere[] = "the stage's fingerprints";
  uint32_t moved_count = 0;
  const BootChange* last = nullptr;
  for (const BootChange& boot : machine.history) {
    if (boot.reason != Reason::kMemoryMapChanged) continue;
    moved_count++;
    if (last == nullptr) last = &boot;
  }
  const std::string boots = std::to_string(machine.history.size());
  if (moved_count == 0)
    return machine.history.empty()
               ? pass(kWhere, "no two boots to compare yet")
               : pass(kWhere, "the same at each of the last " + boots + " boots");
  return warn(kWhere,
              "it moved at " + std::to_string(moved_count) + " of the last " + boots +
                  " boots, last at boot " + std::to_string(last->boot) + ": " + last->change,
              "leave firmware settings, boot menu and plugged-in devices alone between save and "
              "power-on; update the firmware if it moves by itself",
              Reason::kMemoryMapChanged);
}

}  // namespace nvresume
