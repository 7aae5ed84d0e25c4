// SPDX-License-Identifier: GPL-2.0-or-later
// command.h: the table of commands main.cc walks. A command joins it at link time, from whichever
// folder it lives in, so that this folder includes nothing of kernel-cmdline/.
#pragma once

#include <span>

namespace nvresume {

struct Command {
  const char* name;
  const char* summary;  ///< one line for `nvresume --help`
  /// args[0] is the command's name. Returns the exit status (ErrorKind).
  int (*run)(std::span<char* const> args);
};

/// Puts a command into the table: NVRESUME_COMMAND(save, "save the running system …", run_save).
#define NVRESUME_COMMAND(identifier, summary_text, function)                                    \
  static constexpr ::nvresume::Command nvresume_command_##identifier{#identifier, summary_text, \
                                                                     function};                 \
  [[gnu::used, gnu::section("nvresume_commands")]] static const ::nvresume::Command* const      \
      nvresume_command_entry_##identifier = &nvresume_command_##identifier

}  // namespace nvresume
