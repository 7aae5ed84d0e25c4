// SPDX-License-Identifier: GPL-2.0-or-later
// remove_options.h: the command line of `nvresume remove`.
#pragma once

#include <span>

#include "image/result.h"
#include "kernel-cmdline/undo.h"

namespace nvresume {

struct RemoveOptions {
  bool yes = false;
  bool dry_run = false;
  bool json = false;
  bool help = false;
  UndoOptions undo;
};

/// args[0] is the command's name. Error: kBadArgument naming the word.
Result<RemoveOptions> parse_remove_options(std::span<char* const> args);

}  // namespace nvresume
