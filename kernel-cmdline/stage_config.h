// SPDX-License-Identifier: GPL-2.0-or-later
// stage_config.h: NvresumeConfig, what setup tells the stage.
#pragma once

#include <optional>
#include <string>

#include "image/efi_variables.h"
#include "image/result.h"
#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

struct StageChoices {
  NvmRange range;
  uint32_t factor_percent = kFactorPercentDefault;
  std::string next_loader;
  /// Not said: what is configured already stays; else auto, and no key.
  std::optional<DirectMode> direct;
  std::optional<uint16_t> skip_key;
};

/// Error: kBadArgument where the loader's path does not fit.
Result<NvresumeConfig> make_stage_config(const StageChoices& choices);
/// Nothing where there is none that this version understands.
std::optional<NvresumeConfig> read_stage_config();
/// True: it was written.
Result<bool> ensure_stage_config(const NvresumeConfig& config);
std::string next_loader_of(const NvresumeConfig& config);

}  // namespace nvresume
