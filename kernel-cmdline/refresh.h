// SPDX-License-Identifier: GPL-2.0-or-later
// refresh.h: brings the copies that boot (the stage on the ESP, program and driver in the
// initramfs) up to what is installed, after an update of nvresume.
#pragma once

#include "image/result.h"

namespace nvresume {

/// The stage on the ESP, where there is one: renewed beside and renamed, so a power cut leaves the
/// old or the new one. True: it was another one. Error: kUnsupportedSetup where none is found.
Result<bool> refresh_stage();

}  // namespace nvresume
