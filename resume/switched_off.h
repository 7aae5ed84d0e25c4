// SPDX-License-Identifier: GPL-2.0-or-later
// switched_off.h: by which words on the kernel's command line a person chooses a boot without the
// saved session. The initramfs reads the same (initramfs/55nvresume/nvresume-restore.sh).
#pragma once

#include <string>
#include <string_view>

namespace nvresume {

/// Ours, the kernel's own, and recovery: who asks for a rescue shell does not want the session back
/// that he may need rescue from.
inline constexpr std::string_view kWordsThatSwitchResumeOff[] = {
    "rd.nvresume=0",
    "rd.nvresume=no",
    "rd.nvresume=off",
    "noresume",
    "single",
    "s",
    "S",
    "1",
    "recovery",
    "rescue",
    "emergency",
    "systemd.unit=rescue.target",
    "systemd.unit=emergency.target",
};

/// The first such word of `cmdline`; "" where there is none.
std::string word_that_switches_resume_off(std::string_view cmdline);

}  // namespace nvresume
