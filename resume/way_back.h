// SPDX-License-Identifier: GPL-2.0-or-later
// way_back.h: the one way back after a commit. The machine goes on although an image of it was
// stored; resuming that image later would destroy what is written from then on.
#pragma once

#include "image/image_area.h"
#include "resume/console.h"
#include "resume/frozen_userspace.h"

namespace nvresume {

/// Returns `failure` (why the machine is still on) once the image is gone for certain: only then
/// may anything thaw. Where it cannot be taken back this never returns: the machine is powered off,
/// else halted, and the image, if it is still one, resumes at the next power-on.
Error go_back(ImageArea& area, Nvm& swap, const FrozenUserspace& frozen, Console& console,
              Error failure);

}  // namespace nvresume
