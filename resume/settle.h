// SPDX-License-Identifier: GPL-2.0-or-later
// settle.h: brings the range to rest after a boot that did not resume.
#pragma once

#include <string>

#include "image/image_area.h"
#include "image/result.h"
#include "image/swap_signature.h"
#include "resume/decision.h"

namespace nvresume {

/// Why an image that is still COMMITTED in the booted system was not resumed: what the initramfs
/// recorded, or that it recorded nothing (no nvresume in it).
Reason reason_of_normal_boot(const Decision& decision);

/// Ends every state a power cut or a refusal can leave, so that swapon finds SWAPSPACE2 and the
/// next save finds no image. `said` gets one line for each thing done; empty when there was
/// nothing. Idempotent: what it did is a state it leaves alone.
Status settle_area(ImageArea& area, Nvm& swap, const Decision& decision, std::string& said);

}  // namespace nvresume
