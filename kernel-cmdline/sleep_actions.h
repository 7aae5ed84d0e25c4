// SPDX-License-Identifier: GPL-2.0-or-later
// sleep_actions.h: which of logind's keys, lids and idle timers ask for a sleep that setup switches
// off. `hibernate` needs no word: it is nvresume's.
#pragma once

#include <string>
#include <vector>

namespace nvresume {

/// One sentence for each setting of logind.conf (drop-ins included) that names hybrid-sleep or
/// suspend-then-hibernate.
std::vector<std::string> sleep_warnings();

}  // namespace nvresume
