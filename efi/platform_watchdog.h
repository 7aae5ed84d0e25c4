// SPDX-License-Identifier: GPL-2.0-or-later
// platform_watchdog.h: the hardware watchdog across the jump into the saved kernel, where nobody
// else could end a hang. The saved program stops it (resume/platform_watchdog.h).
#pragma once

#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

/// Devices of the saved system may take a minute and more to wake up, and it stops the watchdog
/// only then. Chosen: three times that.
inline constexpr uint32_t kPlatformWatchdogS = 180;
/// A shorter countdown could end before a sound system is up.
inline constexpr uint32_t kPlatformWatchdogMinimumS = 60;

/// Arms the watchdog of the ACPI table WDAT and returns the seconds until it resets the machine.
/// REQUIRES: the saved system had it stopped and stops it again. One that runs was started by
/// firmware, for whoever takes the machine over. Errors: kUnsupportedFirmware, with why nothing was
/// armed: no such table, no countdown of a minute, registers that are not mapped.
Result<uint32_t> arm_platform_watchdog(const EFI_SYSTEM_TABLE& system);

}  // namespace nvresume::efi
