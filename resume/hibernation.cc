// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/hibernation.h"

#include "resume/check_list.h"

namespace nvresume {

Status check_hibernation_available() {
  const CheckedMachine machine;  // these five look at files alone
  for (Check* check : {check_nohibernate, check_lockdown, check_secret_memory, check_cxl_memory,
                       check_hibernation}) {
    const auto finding = check(machine);
    if (finding && finding->verdict == Verdict::kFail) return error_of(*finding);
  }
  return ok_status();
}

}  // namespace nvresume
