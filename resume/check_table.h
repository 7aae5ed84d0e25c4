// SPDX-License-Identifier: GPL-2.0-or-later
// check_table.h: every precondition of a save and of its resume, one row each.
#pragma once

#include <string>
#include <vector>

#include "resume/check_finding.h"
#include "resume/check_machine.h"

namespace nvresume {

struct CheckRow {
  const char* name;  ///< stable: scripts compare it
  Finding finding;
};

std::vector<CheckRow> run_checks(const CheckedMachine& machine);
/// Null where a save would go on.
const CheckRow* find_failure(const std::vector<CheckRow>& rows);
/// "ready", "ready, 2 warnings" or "a save would be refused: NAME: …".
std::string summarize(const std::vector<CheckRow>& rows);

}  // namespace nvresume
