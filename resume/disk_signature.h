// SPDX-License-Identifier: GPL-2.0-or-later
// disk_signature.h: whether NVM carries something of somebody's that blkid knows.
#pragma once

#include <stdint.h>

#include <string>

namespace nvresume {

/// What the first `bytes` of an open disk hold, "ext4"; 0 bytes: all of the disk. Empty where blkid
/// knows nothing there. nvresume's own superblock is nothing to blkid.
std::string signature_on(int fd, uint64_t bytes);

}  // namespace nvresume
