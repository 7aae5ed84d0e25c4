// SPDX-License-Identifier: GPL-2.0-or-later
// setup_plan.h: what setup's first step is going to do on a running machine, decided before
// anything is changed.
#pragma once

#include <string>

#include "image/layout.h"
#include "kernel-cmdline/nvm_range.h"
#include "kernel-cmdline/setup_options.h"

namespace nvresume {

struct SetupPlan {
  NvmRange range;
  Geometry geometry;  ///< as far as this kernel's view of memory can tell; the stage decides
  uint64_t ordinary_bytes = 0;
  uint32_t factor_percent = 0;
  std::string esp;
  std::string next_loader;
  bool formatted = false;  ///< this boot already came through the stage with this range, formatted
};

/// Looks, asks nothing, changes nothing. A range that is set up already is kept.
Result<SetupPlan> make_setup_plan(const SetupOptions& options);
/// Sizes and, where the swap area is small, what that means; for the person who is about to say
/// yes.
void print_setup_plan(const SetupPlan& plan);

}  // namespace nvresume
