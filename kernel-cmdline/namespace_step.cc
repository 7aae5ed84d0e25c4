// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/namespace_step.h"

namespace nvresume {
namespace {

/// Of NVM nobody uses by now; what somebody left there is looked at before anything else is done.
Result<bool> make_namespace(SetupPlan& plan, Journal& journal) {
  NVRESUME_ASSIGN(plan.stage.range,
                  make_own_namespace(*plan.new_namespace_in, plan.stage.range.bytes, journal));
  NVRESUME_ASSIGN(plan.contents, look_at_range(plan.stage.range));
  NVRESUME_TRY(check_contents(plan.contents, plan.stage.range, plan.erase));
  return true;
}

}  // namespace

std::vector<SetupStep> namespace_steps(SetupPlan& plan, SetupRecords& records) {
  if (!plan.new_namespace_in) return {};
  Journal& journal = records.journal;
  const std::string name = std::string(kOwnNamespaceName) + " in " + plan.new_namespace_in->name;
  return {{"namespace", name, [&plan, &journal] { return make_namespace(plan, journal); }}};
}

}  // namespace nvresume
