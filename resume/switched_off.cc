// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/switched_off.h"

#include <algorithm>

#include "resume/system_files.h"

namespace nvresume {

std::string word_that_switches_resume_off(std::string_view cmdline) {
  for (const std::string_view word : split_words(cmdline))
    if (std::ranges::find(kWordsThatSwitchResumeOff, word) != std::end(kWordsThatSwitchResumeOff))
      return std::string(word);
  return {};
}

}  // namespace nvresume
