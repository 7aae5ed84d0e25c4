// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/safe_pages.h"

namespace nvresume::efi {

Result<uint64_t> SafePages::take() {
  for (; run_ < claimed_.size(); ++run_, offset_bytes_ = 0) {
    while (offset_bytes_ < claimed_[run_].bytes) {
      const uint64_t address = claimed_[run_].start + offset_bytes_;
      offset_bytes_ += kEfiPageBytes;
      if (!wanted_->has(address / kEfiPageBytes)) return address;
    }
  }
  return Error(Reason::kNoSafeMemory);
}

Result<uint64_t> SafePages::take_low() {
  NVRESUME_ASSIGN(uint64_t address, take());
  if (address + kEfiPageBytes > (uint64_t{1} << 32))
    return Error(Reason::kNoSafeMemory, "no page below 4 GiB is free of the image");
  return address;
}

}  // namespace nvresume::efi
