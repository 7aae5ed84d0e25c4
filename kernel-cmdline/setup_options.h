// SPDX-License-Identifier: GPL-2.0-or-later
// setup_options.h: the command line of `nvresume setup`.
#pragma once

#include <stdint.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "image/efi_variables.h"
#include "image/layout.h"
#include "image/result.h"
#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

struct SetupOptions {
  bool yes = false;
  bool dry_run = false;
  bool json = false;
  bool files_only = false;
  bool finish = false;
  bool help = false;
  std::string kernel;  ///< only this kernel's initramfs; "" for a whole setup
  std::optional<NvmRange> range;
  std::optional<NvmRange> erase;  ///< what lies in this range may be lost
  std::optional<DirectMode> direct;
  std::optional<uint16_t> skip_key;  ///< 0: none
  uint32_t factor_percent = kFactorPercentDefault;
};

/// args[0] is the command's name. Error: kBadArgument naming the word.
Result<SetupOptions> parse_setup_options(std::span<char* const> args);
/// "2", "1.5", "1.02": a percentage, between the limits of image/layout.h.
std::optional<uint32_t> parse_factor(std::string_view text);

}  // namespace nvresume
