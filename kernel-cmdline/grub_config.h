// SPDX-License-Identifier: GPL-2.0-or-later
// grub_config.h: GRUB's generated grub.cfg. Our drop-in is what changes it; the file is made by
// GRUB's own generator.
#pragma once

#include <string_view>

#include "image/result.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/setup_state.h"

namespace nvresume {

inline constexpr char kGrubConfigPath[] = "/boot/grub/grub.cfg";

bool grub_config_has_resume();
/// Generates it, recorded, unless it has our resume= already. True: it was generated.
Result<bool> ensure_grub_config(Journal& journal, SetupState& state);
/// Generates it beside the old one and puts it in its place: what update-grub does would leave half
/// a file after a power cut.
Status generate_grub_config();
/// The bytes from before setup where nobody has generated it since; else generated without our
/// drop-in. REQUIRES: the drop-in is gone.
Status undo_grub_config(std::string_view before, const SetupState& state);

}  // namespace nvresume
