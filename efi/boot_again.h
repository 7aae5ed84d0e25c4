// SPDX-License-Identifier: GPL-2.0-or-later
// boot_again.h: a power cut during a resume must find the stage again.
#pragma once

#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

/// While an image waits. The save's BootNext was used up by this boot; where another entry stands
/// first in BootOrder, the next boot would pass by the stage, and what it mounts ends the session.
/// Then BootNext becomes this boot's entry once more. Returns whether that was needed. Error:
/// kUnsupportedFirmware.
Result<bool> boot_here_again(EFI_RUNTIME_SERVICES& runtime);

}  // namespace nvresume::efi
