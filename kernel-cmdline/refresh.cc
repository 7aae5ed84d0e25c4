// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/refresh.h"

#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/loader_path.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Of the ESP that is mounted; in an image being built, where nothing is, of the directory.
Result<std::string> find_stage_on_esp() {
  for (const bool mounted : {true, false}) {
    const auto esp = find_esp(mounted);
    if (!esp.ok()) continue;
    const std::string stage = path_below(esp.value(), kStagePathOnEsp);
    if (file_exists(stage)) return stage;
  }
  return Error(
      Reason::kUnsupportedSetup,
      "the stage is not on the EFI system partition; mount it and run nvresume refresh, or "
      "run nvresume setup");
}

}  // namespace

Result<bool> refresh_stage() {
  NVRESUME_ASSIGN(const std::string target, find_stage_on_esp());
  const auto stage = read_bytes(kInstalledStage);
  if (!stage) return system_error(Reason::kIoError, "read", kInstalledStage);
  NVRESUME_ASSIGN(const bool renewed, ensure_contents(target, *stage));
  if (read_bytes(target) != stage)
    return Error(Reason::kIoError, target)
        .with(" reads back differently from ")
        .with(kInstalledStage);
  return renewed;
}

}  // namespace nvresume
