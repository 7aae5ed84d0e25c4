// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/boot_bypass.h"

#include <algorithm>

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/journal.h"
#include "resume/check_firmware.h"

namespace nvresume {
namespace {

constexpr char kNext[] =
    ": a boot that bypasses nvresume cannot be saved; run nvresume setup, which puts it first";

/// Files alone may be set up, in an image that never ran on this machine.
bool is_order_ours_to_keep() {
  const auto journal = Journal::load();
  return journal.ok() && journal.value().find(Change::kBootOrder, "BootOrder") != nullptr;
}

}  // namespace

std::string describe_bypass() {
  if (!are_efi_variables_there() || !is_order_ours_to_keep()) return "";
  const auto order = read_boot_order();
  if (order.empty()) return std::string("the firmware has no boot order") + kNext;
  const auto ours = our_boot_entries();
  if (std::ranges::find(ours, order.front()) != ours.end()) return "";
  return "the firmware starts " + boot_variable(order.front()) + " \"" +
         boot_entry_label(order.front()) + "\" first" + kNext;
}

}  // namespace nvresume
