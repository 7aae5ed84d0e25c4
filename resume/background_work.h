// SPDX-License-Identifier: GPL-2.0-or-later
// background_work.h: what is left to do when a save is over, while the system already runs.
#pragma once

namespace nvresume {

/// Starts the swap-in and the scrub in processes of their own and does not wait for them:
/// nvresume-swapin.service and nvresume-scrub.service where systemd runs, whose journal then has
/// what they did; elsewhere the swap-in alone. Each does nothing where /etc/nvresume.conf says no.
void start_background_work();

}  // namespace nvresume
