// SPDX-License-Identifier: GPL-2.0-or-later
// process.h: runs one of the distribution's own tools and waits for it.
#pragma once

#include <string>
#include <vector>

#include "image/result.h"

namespace nvresume {

/// Its output goes to our stderr: stdout may be somebody's JSON. Error kIoError: it could not be
/// started, or it failed; the text has the command line and the exit status.
Status run_program(const std::vector<std::string>& command_line);

}  // namespace nvresume
