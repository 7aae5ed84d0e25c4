// SPDX-License-Identifier: GPL-2.0-or-later
// finish.h: setup's second step, in the first boot through the stage: the range becomes an image
// area and a swap area, if it is blank.
#pragma once

#include "image/result.h"

namespace nvresume {

/// Nothing to finish: ok without a word. Otherwise one line on the console, and the error if any. A
/// power cut anywhere leaves the marker, and the next boot goes on.
Status finish_setup();

}  // namespace nvresume
