// SPDX-License-Identifier: GPL-2.0-or-later
// late_list.h: pages that can be put into place only when firmware is gone, because boot services,
// this program or its buffers are still there. A chain of safe pages that the trampoline walks.
// Calls nothing.
#pragma once

#include <stdint.h>

#include "efi/safe_pages.h"

namespace nvresume::efi {

struct LateCopy {
  uint64_t to;
  uint64_t from;
};
/// One link of the chain; trampoline.S knows this layout.
struct LateLink {
  uint64_t next;  ///< 0: the last
  uint64_t count;
  LateCopy copies[255];
};
static_assert(sizeof(LateLink) == 4096);

class LateList {
 public:
  explicit LateList(SafePages& safe) : safe_(&safe) {}
  /// `from` is a safe page, or memory nobody overwrites. Error: kNoSafeMemory.
  Status add(uint64_t to, uint64_t from);
  uint64_t first() const { return first_; }
  uint64_t count() const { return count_; }

 private:
  SafePages* safe_;
  uint64_t first_ = 0;
  LateLink* last_ = nullptr;
  uint64_t count_ = 0;
};

}  // namespace nvresume::efi
