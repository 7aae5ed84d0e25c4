// SPDX-License-Identifier: GPL-2.0-or-later
// check_report.h: what `nvresume check` tells, for a person and for a program.
#pragma once

#include <string>
#include <vector>

#include "resume/check_history.h"
#include "resume/check_table.h"

namespace nvresume {

struct CheckReport {
  std::vector<CheckRow> rows;
  std::vector<BootChange> history;
  bool direct_tried = false;
  /// Whether direct resume was tried on this machine as it is; empty where no range can tell.
  std::string direct_text;
};

/// Aligned lines, "-> what to do" below what needs it; the last line is the summary.
std::string check_text(const CheckReport& report);
std::string check_json(const CheckReport& report);

}  // namespace nvresume
