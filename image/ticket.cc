// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/ticket.h"

namespace nvresume {

Status check_ticket(const Superblock& superblock) {
  const uint64_t expected = superblock.saved_boot_count + 1 + superblock.attempt_count;
  if (superblock.boot_count == expected) return ok_status();
  return Error(Reason::kOtherBoot, "this is boot ")
      .with(superblock.boot_count)
      .with(", the image waits for boot ")
      .with(expected);
}

}  // namespace nvresume
