// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/preconditions.h"

#include <unistd.h>

#include "resume/check_table.h"

namespace nvresume {

Status check_save_preconditions(const NvresumeRange& range, const ImageArea& area) {
  if (::geteuid() != 0) return Error(Reason::kNotPermitted);
  const auto rows = run_checks(look_at_machine(range, area.superblock()));
  const CheckRow* failure = find_failure(rows);
  return failure == nullptr ? ok_status() : Status(error_of(failure->finding));
}

}  // namespace nvresume
