// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "resume/check_list.h"

namespace nvresume {
namespace {

std::string entry_name(uint16_t number) {
  char name[16];
  ::snprintf(name, sizeof(name), "Boot%04X", number);
  return name;
}

}  // namespace

std::optional<Finding> check_boot_entry(const CheckedMachine& machine) {
  if (!machine.boot_entry) return fail(machine.boot_entry.error, "Boot####", "run nvresume setup");
  return pass(entry_name(*machine.boot_entry), "starts the stage");
}

/// BootNext, set by every save, brings the image back all the same.
std::optional<Finding> check_boot_order(const CheckedMachine& machine) {
  if (!machine.boot_entry) return std::nullopt;
  if (!machine.boot_order.empty() && machine.boot_order.front() == *machine.boot_entry)
    return pass("BootOrder", entry_name(*machine.boot_entry) + " is first");
  const std::string first =
      machine.boot_order.empty() ? "nothing" : entry_name(machine.boot_order.front());
  return warn("BootOrder",
              first + " is first: a boot it starts bypasses the stage, and cannot be saved",
              "run nvresume setup, or put " + entry_name(*machine.boot_entry) +
                  " first in the firmware's setup");
}

/// Where it is on and the kernel is not locked down, this boot came up: nothing is broken yet.
std::optional<Finding> check_secure_boot(const CheckedMachine& machine) {
  if (!machine.secure_boot) return pass("SecureBoot", "off");
  return warn("SecureBoot",
              "Secure Boot is on: it starts neither the unsigned stage nor, on a stock kernel, the "
              "unsigned driver",
              "switch it off in the firmware's setup, or sign both with a key enrolled there",
              Reason::kLockdown);
}

}  // namespace nvresume
