// SPDX-License-Identifier: GPL-2.0-or-later
// unreported.h: a direct resume that hung, or whose session never came up, used up its image; the
// next one would, too. So it keeps direct resume off until `nvresume trial` allows it again.
#pragma once

#include "image/attempt_log.h"
#include "image/layout.h"

namespace nvresume {

/// Whether a direct attempt never reported back. What the log says is kept in the trial's record:
/// the log is a ring, and forgets. Error: kDirectUnreported.
Status check_reported(Nvm& area, const Geometry& geometry, AttemptLog& log);

/// Whether the firmware kept the machine when it was to hand it to this very image: the attempt is
/// counted, and the initramfs must have the other one. Error: kDirectUnreported.
Status check_handed_over(AttemptLog& log, const uint8_t image_id[16]);

/// For whoever starts a trial and so has seen it: attempts that never reported back are closed.
Status allow_direct_again(Nvm& area, const Geometry& geometry);

}  // namespace nvresume
