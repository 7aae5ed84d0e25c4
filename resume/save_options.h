// SPDX-License-Identifier: GPL-2.0-or-later
// save_options.h: the command line of `nvresume save`.
#pragma once

#include <span>

#include "image/result.h"
#include "resume/power_off.h"
#include "resume/save_pipeline.h"

namespace nvresume {

struct SaveOptions {
  bool help = false;
  PowerMode mode = PowerMode::kAuto;
  SaveSettings settings;
};

extern const char kSaveUsage[];

/// args[0] is the command's name. Error: kBadArgument naming the option and what it takes.
Result<SaveOptions> parse_save_options(std::span<char* const> args);

}  // namespace nvresume
