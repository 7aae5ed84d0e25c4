// SPDX-License-Identifier: GPL-2.0-or-later
// check_history.h: what changed in the machine from boot to boot, by the fingerprints the stage
// left in the NVM. A memory map that moves by a few pages makes the kernel refuse an image.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/nvm.h"
#include "image/superblock.h"

namespace nvresume {

struct BootChange {
  uint64_t boot;       ///< number of the boot; compared with the one before it
  Reason reason;       ///< kNone: as the boot before
  std::string change;  ///< what differs; for the memory map the region that moved
};

/// Newest first, as far back as the ring holds two boots in a row.
std::vector<BootChange> read_boot_history(Nvm& area, const Superblock& superblock);

}  // namespace nvresume
