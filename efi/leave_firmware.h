// SPDX-License-Identifier: GPL-2.0-or-later
// leave_firmware.h: firmware lets go of the machine, and learns where the saved kernel has it.
#pragma once

#include "efi/handover.h"

namespace nvresume::efi {

/// Ends boot services, interrupts, and firmware's own addresses. On success only what the stage
/// holds is left. Error: kHandOverFailed; boot services may be gone, and only a reset is left.
Status leave_firmware(const HandOver& way);

}  // namespace nvresume::efi
