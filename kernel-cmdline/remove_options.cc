// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/remove_options.h"

#include <string_view>

namespace nvresume {

Result<RemoveOptions> parse_remove_options(std::span<char* const> args) {
  RemoveOptions options;
  for (const std::string_view word : args.subspan(1)) {
    if (word == "--yes")
      options.yes = true;
    else if (word == "--dry-run")
      options.dry_run = true;
    else if (word == "--json")
      options.json = true;
    else if (word == "--help")
      options.help = true;
    else if (word == "--leave-range")
      options.undo.leave_range = true;
    else if (word == "--discard-image")
      options.undo.discard_image = true;
    else
      return Error(Reason::kBadArgument, "unknown argument \"").with(word).with("\"");
  }
  return options;
}

}  // namespace nvresume
