// SPDX-License-Identifier: GPL-2.0-or-later
// esp.h: the EFI system partition.
#pragma once

#include <string>

#include "image/result.h"
#include "kernel-cmdline/journal.h"

namespace nvresume {

inline constexpr char kInstalledStage[] = NVRESUME_PREFIX "/lib/nvresume/nvresume.efi";

/// Where the ESP is mounted: /boot/efi, /efi or /boot with a FAT file system on it that has an \EFI
/// directory. `mounted` false (an image being built): such a directory suffices.
/// Error: kUnsupportedSetup.
Result<std::string> find_esp(bool mounted);
/// Error: kUnsupportedSetup where it is mounted read-only, by the administrator or by the kernel
/// after a damage. Looked at before anything is changed.
Status check_esp_writable(const std::string& esp);
/// Copies the stage to \EFI\nvresume\nvresume.efi, recorded, and reads it back. True: it was not
/// there yet.
Result<bool> install_stage(const std::string& esp, Journal& journal);

}  // namespace nvresume
