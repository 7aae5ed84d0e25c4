// SPDX-License-Identifier: GPL-2.0-or-later
// namespace_step.h: setup's first change where NVM has namespace labels: the namespace that becomes
// the range.
#pragma once

#include <vector>

#include "kernel-cmdline/setup_steps.h"

namespace nvresume {

/// Nothing where the plan needs none. Before all other steps: they name the range, which is known
/// once libnvdimm has chosen the place (`plan` then has it). What it cannot take because somebody's
/// data lies there stays a namespace of ours, and the next setup asks for it by its address. Both
/// must outlive the step.
std::vector<SetupStep> namespace_steps(SetupPlan& plan, SetupRecords& records);

}  // namespace nvresume
