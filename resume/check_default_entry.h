// SPDX-License-Identifier: GPL-2.0-or-later
// check_default_entry.h: the kernel, arguments and initramfs that the boot loader starts when
// nobody chooses: those a saved image will meet.
#pragma once

#include <string>
#include <vector>

#include "image/result.h"

namespace nvresume {

struct DefaultEntry {
  std::string title;
  std::string kernel_release;          ///< from the kernel's file name
  std::string arguments;               ///< of the kernel command line
  std::vector<std::string> initramfs;  ///< as this system sees them, in the loader's order
};

/// Of GRUB: grub.cfg, custom.cfg and grubenv, one-time choices (grub-reboot) included.
/// Error: kUnsupportedSetup, saying why it cannot be told.
Result<DefaultEntry> find_default_entry();

}  // namespace nvresume
