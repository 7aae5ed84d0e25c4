// SPDX-License-Identifier: GPL-2.0-or-later
// trial_checks.h: what a direct resume must have left whole. A snapshot of facts before the save,
// and the same facts after the resume.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/result.h"

namespace nvresume {

class TrialChecks {
 public:
  /// Before the save.
  static TrialChecks observe();
  /// After the resume. Error: kDirectUntried naming the first thing that is not as it was.
  Status compare() const;

 private:
  std::string cpus_;  ///< /sys/devices/system/cpu/online
  bool power_button_works_ = false;
  std::vector<std::string> disks_;
  int64_t clock_offset_s_ = 0;  ///< system clock minus RTC
  bool has_rtc_ = false;
  uint64_t warnings_ = 0;
};

/// Lines of the kernel log that report a bug or a warning.
uint64_t count_warnings(std::string_view kernel_log);

}  // namespace nvresume
