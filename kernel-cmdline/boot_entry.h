// SPDX-License-Identifier: GPL-2.0-or-later
// boot_entry.h: the firmware's boot menu: our entry, and which loader it hands over to.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

/// What the stage starts next: the loader this boot was started by (BootCurrent), the one already
/// configured where that was the stage, else the distribution's usual places on the ESP.
/// Error: kLoaderMissing.
Result<std::string> find_next_loader(const std::string& esp);

/// Creates or renews the entry "nvresume" for the stage on this ESP, with the next loader as its
/// optional data. The order is left alone. Returns its number.
Result<uint16_t> ensure_boot_entry(const std::string& esp, const std::string& next_loader);
/// Puts the entry first in BootOrder. True: the order changed.
Result<bool> ensure_first_in_boot_order(uint16_t number);

/// BootOrder's bytes as text ("0003,0000"), and an order with `number` moved to its front.
std::string format_boot_order(ConstBytes order);
std::vector<uint8_t> put_first(ConstBytes order, uint16_t number);

}  // namespace nvresume
