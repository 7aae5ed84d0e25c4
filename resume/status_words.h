// SPDX-License-Identifier: GPL-2.0-or-later
// status_words.h: states and attempts in the words of `nvresume status`, for somebody who has never
// seen the superblock.
#pragma once

#include <string>

#include "image/attempt_log.h"
#include "image/superblock.h"
#include "resume/decision.h"

namespace nvresume {

/// "none", or what waits, or why there is none.
std::string image_words(const Superblock& superblock);

/// "saved in 12.3 s", "not saved: freeze-failed: sh (345, state D) would not freeze".
std::string attempt_words(const AttemptRecord& record);

/// What this boot did about an image.
std::string decision_words(const Decision& decision);

}  // namespace nvresume
