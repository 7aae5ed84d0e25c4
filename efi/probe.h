// SPDX-License-Identifier: GPL-2.0-or-later
// probe.h: looks for our superblock at a physical address, reading only.
#pragma once

#include "efi/candidates.h"
#include "efi/page_tables.h"

namespace nvresume::efi {

class PhysicalProbe final : public RangeProbe {
 public:
  explicit PhysicalProbe(const PageTableRoot& page_tables) : page_tables_(page_tables) {}
  Finding look(uint64_t base, uint64_t available_bytes) override;

 private:
  PageTableRoot page_tables_;
};

}  // namespace nvresume::efi
