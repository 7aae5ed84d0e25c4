// SPDX-License-Identifier: GPL-2.0-or-later
// ticket.h: the count of boots the stage handed to a loader, as proof that no other boot lies
// between a save and this restore. A count that does not fit proves another boot; one that fits
// proves nothing about boots that bypass the stage: that is what witnesses are for.
#pragma once

#include "image/result.h"
#include "image/superblock.h"

namespace nvresume {

/// Wants boot_count == saved_boot_count + 1 + attempt_count, before this boot's attempt is raised.
/// Error: kOtherBoot, text with both numbers.
Status check_ticket(const Superblock& superblock);

}  // namespace nvresume
