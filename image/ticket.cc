// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/ticket.h"

namespace nvresume {

uint32_t attempts_before(const Superblock& superblock, uint64_t this_boot) {
  const bool has_this =
      this_boot != 0 && superblock.attempt_boot_count == this_boot && superblock.attempt_count > 0;
  return superblock.attempt_count - (has_this ? 1 : 0);
}

bool is_attempt_counted(const Superblock& superblock) {
  return attempts_before(superblock, superblock.boot_count) != superblock.attempt_count;
}

Status check_ticket(const Superblock& superblock, uint64_t this_boot) {
  const uint64_t expected =
      superblock.saved_boot_count + 1 + attempts_before(superblock, this_boot);
  if (this_boot == expected) return ok_status();
  return Error(Reason::kOtherBoot, "this is boot ")
      .with(this_boot)
      .with(", the image waits for boot ")
      .with(expected);
}

Status check_ticket(const Superblock& superblock) {
  return check_ticket(superblock, superblock.boot_count);
}

}  // namespace nvresume
