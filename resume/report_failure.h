// SPDX-License-Identifier: GPL-2.0-or-later
// report_failure.h: how a command ends that could not do what it was asked for.
#pragma once

#include <string_view>

#include "image/result.h"

namespace nvresume {

/// "nvresume: attach: driver-missing: nvm_swap is not loaded" on the error output; `what` is the
/// command. Returns the exit status (command.h).
int report_failure(std::string_view what, const Error& error);

}  // namespace nvresume
