// SPDX-License-Identifier: GPL-2.0-or-later
// ticket.h: the count of boots that came through the stage, as proof that no other boot lies
// between a save and this restore. A count that does not fit proves another boot; one that fits
// proves nothing about boots that bypass the stage: that is what witnesses are for.
//
// A boot that can only restore or drop the image counts as an attempt, whether its restore began or
// not: cut at any moment, it leaves a ticket that fits at the next boot.
#pragma once

#include "image/result.h"
#include "image/superblock.h"

namespace nvresume {

/// Attempts counted for the image in boots before number `this_boot`.
uint32_t attempts_before(const Superblock& superblock, uint64_t this_boot);

/// Whether the attempt of the boot counted last is counted, too.
bool is_attempt_counted(const Superblock& superblock);

/// Wants this_boot == saved_boot_count + 1 + attempts_before(). Error: kOtherBoot, text with both
/// numbers.
Status check_ticket(const Superblock& superblock, uint64_t this_boot);
/// The same in a boot that is counted.
Status check_ticket(const Superblock& superblock);

}  // namespace nvresume
