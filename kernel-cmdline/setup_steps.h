// SPDX-License-Identifier: GPL-2.0-or-later
// setup_steps.h: what setup changes, as a list in the order in which it is changed.
//
// Everything the new boot path will need stands before the firmware's boot order names it, so a
// power cut at any point leaves a machine that boots as before; at worst it waits, bounded, for a
// swap disk that is not there yet.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "image/result.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/setup_plan.h"
#include "kernel-cmdline/setup_state.h"

namespace nvresume {

struct SetupRecords {
  Journal journal;
  SetupState state;
  static Result<SetupRecords> load();
};

struct SetupStep {
  std::string what;  ///< "file", "boot entry"
  std::string name;
  std::function<Result<bool>()> make;  ///< True: something was changed. Twice is once.
};

/// Files and initramfs images. `records` must outlive the steps.
std::vector<SetupStep> file_steps(const std::string& esp, SetupRecords& records);
/// The boot loader's configuration, then the firmware's. Both must outlive the steps; the plan's
/// range may be settled by an earlier one.
std::vector<SetupStep> boot_steps(const SetupPlan& plan, SetupRecords& records);

/// Reads back what the next boot needs: drop-ins, initramfs images, grub.cfg, variables, order.
Status verify_setup();

}  // namespace nvresume
