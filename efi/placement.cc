// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/placement.h"

#include <string.h>

namespace nvresume::efi {
namespace {

void clear_page(uint64_t address) { memset(reinterpret_cast<void*>(address), 0, kEfiPageBytes); }

/// The page late zero pages are copied from, made when the first one needs it.
class ZeroPage {
 public:
  explicit ZeroPage(SafePages& safe) : safe_(&safe) {}
  Result<uint64_t> address() {
    if (address_ != 0) return address_;
    NVRESUME_ASSIGN(uint64_t page, safe_->take());
    clear_page(page);
    return address_ = page;
  }

 private:
  SafePages* safe_;
  uint64_t address_ = 0;
};

}  // namespace

Result<Placement> place_pages(std::span<uint64_t> plan, const RunList& usable,
                              const RunList& claimed, SafePages& safe, LateList& late) {
  Placement placement;
  ZeroPage zeros(safe);
  uint32_t usable_hint = 0, claimed_hint = 0;
  uint64_t page = 0;
  for (const uint64_t entry : plan) {
    const uint64_t address = frame_of(entry) * kEfiPageBytes;
    if (!usable.holds(address, kEfiPageBytes, usable_hint))
      return std::move(Error(Reason::kFrameNotMemory, "a page of the image belongs to ")
                           .with_hex(address)
                           .with(", which is not memory now"));
    const bool direct = claimed.holds(address, kEfiPageBytes, claimed_hint);
    if (is_zero_frame(entry)) {
      ++placement.zero_pages;
      if (direct) {
        clear_page(address);
      } else {
        NVRESUME_ASSIGN(uint64_t from, zeros.address());
        NVRESUME_TRY(late.add(address, from));
      }
      continue;
    }
    if (direct) {
      plan[page++] = address;
      ++placement.direct_pages;
      continue;
    }
    NVRESUME_ASSIGN(uint64_t from, safe.take());
    NVRESUME_TRY(late.add(address, from));
    plan[page++] = from;
    ++placement.late_pages;
  }
  placement.targets = plan.first(page);
  return placement;
}

}  // namespace nvresume::efi
