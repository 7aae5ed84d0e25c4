// SPDX-License-Identifier: GPL-2.0-or-later
// fstab.h: the one line of ours in /etc/fstab, byte for byte. No library rewrites the file: the
// rest of it is the administrator's, comments and spacing included.
#pragma once

#include <string>
#include <string_view>

#include "image/result.h"
#include "kernel-cmdline/journal.h"

namespace nvresume {

/// A comment that claims the line below it, and that line. systemd 252 lets swap.target wait for
/// the device in spite of nofail, so the timeout is what a boot without the NVM loses. pri: above
/// disk swap, which has none or less.
inline constexpr std::string_view kFstabBlock =
    "# nvresume setup: the next line is its own, and removed by it\n"
    "/dev/NVM_SWAP swap swap defaults,nofail,x-systemd.device-timeout=20s,pri=100 0 0\n";

/// `fstab` with the block at its end. A last line without a newline is completed first, and
/// `completed` says so, for the way back. Already there: returned as it is.
std::string add_fstab_block(std::string_view fstab, bool& completed);
/// The exact inverse of add_fstab_block().
std::string remove_fstab_block(std::string_view fstab, bool completed);
/// Puts the block into the file, recorded. True: it was not there.
Result<bool> ensure_fstab(Journal& journal);
Status undo_fstab(std::string_view before);

/// kUnsupportedSetup where /dev/NVM_SWAP stands in a line that is not ours, or where the file does
/// not parse (a boot would fail on it, and it would look like our doing).
Status check_fstab(std::string_view fstab);

}  // namespace nvresume
