// SPDX-License-Identifier: GPL-2.0-or-later
// firmware_error.h: an EFI_STATUS as an Error.
#pragma once

#include <string_view>

#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

/// "not found", "access denied"; "" for a code this program never meets by name.
std::string_view status_text(EFI_STATUS status);

/// kUnsupportedFirmware, "<call> failed: not found (0x8…e)".
Error firmware_error(std::string_view call, EFI_STATUS status);

}  // namespace nvresume::efi
