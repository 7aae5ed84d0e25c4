// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/late_list.h"

namespace nvresume::efi {

Status LateList::add(uint64_t to, uint64_t from) {
  if (last_ == nullptr || last_->count == sizeof last_->copies / sizeof last_->copies[0]) {
    NVRESUME_ASSIGN(uint64_t page, safe_->take());
    LateLink* link = reinterpret_cast<LateLink*>(page);
    link->next = 0;
    link->count = 0;
    if (last_ == nullptr)
      first_ = page;
    else
      last_->next = page;
    last_ = link;
  }
  last_->copies[last_->count++] = {to, from};
  ++count_;
  return ok_status();
}

}  // namespace nvresume::efi
