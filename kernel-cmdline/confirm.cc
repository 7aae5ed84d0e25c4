// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/confirm.h"

#include <stdio.h>
#include <unistd.h>

namespace nvresume {

Status confirm(std::string_view question) {
  if (::isatty(STDIN_FILENO) == 0)
    return Error(Reason::kBadArgument,
                 "nobody to ask on this terminal: say --yes, or --dry-run to look");
  ::printf("%.*s [y/N] ", static_cast<int>(question.size()), question.data());
  (void)::fflush(stdout);
  char answer[16];
  if (::fgets(answer, sizeof(answer), stdin) != nullptr && (answer[0] == 'y' || answer[0] == 'Y'))
    return ok_status();
  return Error(Reason::kNotPermitted,
               "not confirmed; nothing was changed; run it again to be asked again");
}

}  // namespace nvresume
