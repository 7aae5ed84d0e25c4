// SPDX-License-Identifier: GPL-2.0-or-later
// power_off.h: the end of a save, and the end of a save that can neither go on nor go back.
#pragma once

#include <stdint.h>

#include "image/result.h"
#include "resume/console.h"
#include "resume/frozen_userspace.h"

namespace nvresume {

enum class PowerMode : uint8_t {
  kAuto,      ///< platform; a plain power-off where the platform refuses
  kPlatform,  ///< ACPI S4 alone: ACPI events live on after the resume
  kShutdown,  ///< a plain power-off alone
};

/// Whether the snapshot must be made with platform support.
constexpr bool wants_platform(PowerMode mode) { return mode != PowerMode::kShutdown; }

/// Returns only if the machine is still running, all its devices included. kWakeEvent: somebody
/// wants it to be. A machine that stays on after its devices were shut down stays frozen until a
/// hand on the switch: the image is whole and resumes.
Error power_off(SnapshotDevice& device, PowerMode mode, const FrozenUserspace& frozen,
                Console& console);

/// For the state in which thawing would destroy data: a stored image that cannot be taken back
/// while memory goes on. Power off, else halt, else wait for a hand on the switch.
[[noreturn]] void stop_machine(Console& console);

/// Restarts. Returns only if the kernel refuses.
void restart_machine(Console& console);

}  // namespace nvresume
