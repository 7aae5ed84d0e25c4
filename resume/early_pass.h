// SPDX-License-Identifier: GPL-2.0-or-later
// early_pass.h: `nvresume restore --early`, the pass before coldplug: no disk has appeared yet, so
// only an image whose witnesses the EFI stage has judged can be decided about.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "image/metadata.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

/// Exit status of the early pass where it leaves the decision to the pass after coldplug. Nothing
/// was changed, counted or recorded then.
inline constexpr int kExitLater = 10;

/// The first file system whose disk must be read before anything can be decided, described; nothing
/// where the verdicts, or a witness that can never be proven, decide by themselves.
std::optional<std::string> disk_to_wait_for(std::span<const Witness> witnesses,
                                            std::span<const uint8_t> verdicts);

/// The same for the image that waits in these two areas. Only reads. Nothing as well where no image
/// of ours waits, or where it cannot be read: that needs no disk to be decided.
std::optional<std::string> disk_to_wait_for(Nvm& image, Nvm& swap);
/// The same for the attached disks.
std::optional<std::string> disk_to_wait_for();

}  // namespace nvresume
