// SPDX-License-Identifier: GPL-2.0-or-later
// check_firmware.h: the firmware's own variables that decide what starts next.
#pragma once

#include <stdint.h>

#include <vector>

namespace nvresume {

/// Numbers of the Boot#### entries in the order the firmware tries them; empty where there is none.
std::vector<uint16_t> read_boot_order();
bool is_secure_boot_on();

}  // namespace nvresume
