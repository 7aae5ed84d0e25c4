// SPDX-License-Identifier: GPL-2.0-or-later
// efi_fake_image.h: a whole image in a fake machine's NVM, as the world of the boot before would
// have saved it, small enough to be placed in the fake's memory.
#pragma once

#include "image/efi_variables.h"
#include "tests/unit/efi_fake_firmware.h"

namespace nvresume::efi {

inline constexpr uint64_t kFakeDataPages = 40;
/// Where each data page belongs: the last ones under firmware, which still runs.
uint64_t fake_page_address(uint64_t page);
/// All data pages, in order.
std::vector<uint8_t> fake_pages();

/// What mkswap and `nvresume setup` leave in a range. `range` gives base and sizes.
void format_range(const NvresumeRange& range);

/// Whether the saved program stops a hardware watchdog that the stage armed.
enum class Watchdog { kNone, kStopped };

/// Saves an image whose fingerprint is the one the stage stored in the boot that published `range`.
void save_direct_image(const NvresumeRange& range, Watchdog watchdog = Watchdog::kNone);

/// The initramfs that the save found on the default boot entry.
std::vector<uint8_t> fake_initramfs();

/// One byte of the image's last chunk changed.
void corrupt_last_chunk(const NvresumeRange& range);

/// Of both superblock copies: whether an image is still there to be restored.
bool is_committed(const NvresumeRange& range);

}  // namespace nvresume::efi
