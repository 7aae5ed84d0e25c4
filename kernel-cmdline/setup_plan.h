// SPDX-License-Identifier: GPL-2.0-or-later
// setup_plan.h: what setup's first step is going to do on a running machine, decided before
// anything is changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/layout.h"
#include "kernel-cmdline/own_namespace.h"
#include "kernel-cmdline/range_contents.h"
#include "kernel-cmdline/setup_options.h"
#include "kernel-cmdline/stage_config.h"

namespace nvresume {

struct SetupPlan {
  StageChoices stage;
  Geometry geometry;  ///< as far as this kernel's view of memory can tell; the stage decides
  uint64_t ordinary_bytes = 0;
  std::string esp;
  /// The range is still to be made there; until then only its size is known.
  std::optional<LabelledRegion> new_namespace_in;
  uint64_t hidden_bytes = 0;  ///< NVM without labels that nobody can use beside the range
  RangeContents contents;
  bool formatted = false;  ///< this boot already came through the stage with this range, formatted
  bool erase = false;      ///< what lies in the range may be lost
};

/// Looks, asks nothing, changes nothing. A range that is set up already is kept. Errors: kNoNvm,
/// kNoRoom, kRangeTaken, kNotBlank, kLoaderMissing, kUnsupportedSetup, kBadArgument.
Result<SetupPlan> make_setup_plan(const SetupOptions& options);

/// Error: kNotBlank where the range holds somebody's data and nobody said --erase.
Status check_contents(const RangeContents& contents, const NvmRange& range, bool erase);

}  // namespace nvresume
