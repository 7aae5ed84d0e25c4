// SPDX-License-Identifier: GPL-2.0-or-later
// boot_entry.h: the firmware's boot menu: our entry, and which loader it hands over to.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/efi_variable.h"

namespace nvresume {

inline constexpr char kBootEntryLabel[] = "nvresume";

/// What the stage starts next: the loader this boot was started by (BootCurrent), the one already
/// configured where that was the stage, else the distribution's usual places on the ESP.
/// Error: kLoaderMissing.
Result<std::string> find_next_loader(const std::string& esp);

/// What the firmware's menu calls an entry; "" where it cannot be read.
std::string boot_entry_label(uint16_t number);
/// Numbers of the entries that are ours by label and path, switched off or not; ascending.
std::vector<uint16_t> our_boot_entries();
/// Ours, else a number that neither an entry nor BootOrder has. Error: kNoRoom.
Result<uint16_t> choose_entry_number();
/// Creates or renews the entry "nvresume" with this number. The order is left alone. True: written.
Result<bool> ensure_boot_entry(uint16_t number, const std::string& esp,
                               const std::string& next_loader);
/// Puts the entry first in BootOrder. True: the order changed.
Result<bool> ensure_first_in_boot_order(uint16_t number);

/// Takes our entries out of BootOrder (and a BootNext that names one away), then deletes them:
/// firmware never has an order that names a missing entry. `made_order`: there was no BootOrder
/// before us, so an empty one goes.
Status remove_from_boot_order(bool made_order);
Status remove_boot_entries();

/// An order with `number` moved to its front, and an order without it.
std::vector<uint8_t> put_first(ConstBytes order, uint16_t number);
std::vector<uint8_t> take_out(ConstBytes order, uint16_t number);

}  // namespace nvresume
