// SPDX-License-Identifier: GPL-2.0-or-later
// replay.h: attempt-log records in words, and the messages of the worlds that vanished (a saving
// world that powered off, a boot kernel that jumped away) told again where somebody can read them.
#pragma once

#include <string>

#include "image/attempt_log.h"
#include "image/result.h"

namespace nvresume {

/// "save", "resume", "boot".
const char* attempt_kind_name(const AttemptRecord& record);
/// "running" (a power cut ended it), "done", "refused".
const char* attempt_outcome_name(const AttemptRecord& record);
/// "resume (initramfs), boot 12: refused: chunk-corrupt: a chunk does not match its checksum".
std::string describe_attempt(const AttemptRecord& record);
/// "freeze 0.12 s, snapshot 0.40 s"; empty where none was recorded.
std::string describe_phases(const AttemptRecord& record);

/// Prints each attempt that ended well or has a text, and was not printed before, oldest first, to
/// standard output (the journal, in a unit), and marks it. A record is marked after it is printed:
/// a power cut in between prints it twice, never not at all.
Status replay_attempts(AttemptLog& log);

}  // namespace nvresume
