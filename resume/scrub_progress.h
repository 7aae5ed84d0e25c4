// SPDX-License-Identifier: GPL-2.0-or-later
// scrub_progress.h: how far the scrub of this boot has come, for `nvresume status`. That one was
// finished stands in the NVM; this is only in /run.
#pragma once

#include "resume/scrub.h"

namespace nvresume {

/// Best effort: without it `status` knows less.
void keep_progress(const ScrubPosition& position);

/// What is left to scrub of the slot: all of it where nobody has begun with this image.
uint64_t unscrubbed_bytes(const Superblock& superblock);

}  // namespace nvresume
