// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_list.h"
#include "resume/efi_variable.h"

namespace nvresume {

std::optional<Finding> check_boot_entry(const CheckedMachine& machine) {
  if (!machine.boot_entry) return fail(machine.boot_entry.error, "Boot####", "run nvresume setup");
  return pass(boot_variable(*machine.boot_entry), "starts the stage");
}

/// BootNext, set by every save, brings the image back all the same.
std::optional<Finding> check_boot_order(const CheckedMachine& machine) {
  if (!machine.boot_entry) return std::nullopt;
  if (!machine.boot_order.empty() && machine.boot_order.front() == *machine.boot_entry)
    return pass("BootOrder", boot_variable(*machine.boot_entry) + " is first");
  const std::string first =
      machine.boot_order.empty() ? "nothing" : boot_variable(machine.boot_order.front());
  return warn("BootOrder",
              first + " is first: a boot it starts bypasses the stage, and cannot be saved",
              "run nvresume setup, or put " + boot_variable(*machine.boot_entry) +
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
