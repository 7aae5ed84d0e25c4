// SPDX-License-Identifier: GPL-2.0-or-later
// attempt_report.h: what a save and the resume that ended it cost, told where the save was called.
#pragma once

#include "image/attempt_log.h"
#include "resume/console.h"

namespace nvresume {

/// All phases, each once: a part (is_part()) lies within another.
uint64_t total_ns(const AttemptRecord& record);

/// "save: freeze 0.12 s, snapshot 0.40 s, …".
void print_phases(Console& console, const char* what, const AttemptRecord& record);

/// In the resumed world: marks the attempt that brought it back as done, adds `thaw_ns` to it, and
/// prints it after the save's own.
Status report_resume(Console& console, Nvm& area, const uint8_t image_id[16], uint64_t thaw_ns);

}  // namespace nvresume
