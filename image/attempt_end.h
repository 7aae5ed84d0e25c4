// SPDX-License-Identifier: GPL-2.0-or-later
// attempt_end.h: how an earlier boot's attempt ended, out of what it left in the log. An image that
// is still there after a counted attempt was cut off, and the log is all that can tell where.
#pragma once

#include "image/attempt_log.h"
#include "image/superblock.h"

namespace nvresume {

enum class AttemptEnd : uint8_t {
  kTold,      ///< none before this boot, or it wrote down itself how it ended
  kNotBegun,  ///< counted, and cut before its restore began
  kWhileRunning,
};

/// Of the boot before `this_boot`. REQUIRES: the ticket fits, so that every boot since the save was
/// an attempt.
AttemptEnd end_of_last_attempt(AttemptLog& log, const Superblock& superblock, uint64_t this_boot);

/// Adds the sentence to the record of this boot's attempt; returns whether there was one to add.
bool add_end_of_last_attempt(AttemptRecord& record, AttemptLog& log, const Superblock& superblock,
                             uint64_t this_boot);

}  // namespace nvresume
