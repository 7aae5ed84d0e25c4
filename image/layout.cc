// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/layout.h"

namespace nvresume {
namespace {

/// Far above any machine, and low enough that no product below overflows.
constexpr uint64_t kMemoryBytesMaximum = uint64_t{1} << 52;

uint64_t round_up(uint64_t bytes) {
  return (bytes + kRangeAlignment - 1) / kRangeAlignment * kRangeAlignment;
}

uint64_t round_down(uint64_t bytes) { return bytes / kRangeAlignment * kRangeAlignment; }

uint64_t percent_of(uint64_t bytes, uint32_t percent) { return round_up(bytes * percent / 100); }

Error no_room(uint64_t need_bytes, uint64_t have_bytes) {
  return Error(Reason::kNoRoom, "need ")
      .with(need_bytes >> 20)
      .with(" MiB of NVM, have ")
      .with(have_bytes >> 20)
      .with(" MiB");
}

}  // namespace

Result<Geometry> plan_geometry(uint64_t ordinary_bytes, uint32_t factor_percent,
                               uint64_t available_bytes) {
  if (ordinary_bytes == 0 || ordinary_bytes > kMemoryBytesMaximum)
    return Error(Reason::kBadArgument, "memory size ").with(ordinary_bytes).with(" makes no sense");
  if (factor_percent < kFactorPercentMinimum || factor_percent > kFactorPercentMaximum)
    return Error(Reason::kBadArgument, "factor ")
        .with(factor_percent)
        .with(" % is outside ")
        .with(kFactorPercentMinimum)
        .with("..")
        .with(kFactorPercentMaximum)
        .with(" %");

  const uint64_t wanted = percent_of(ordinary_bytes, factor_percent);
  const uint64_t available = round_down(available_bytes);
  const uint64_t total = wanted < available ? wanted : available;
  const uint64_t need = percent_of(ordinary_bytes, kFactorPercentMinimum);
  const uint64_t image = round_up(ordinary_bytes / 2 + ordinary_bytes / 64);
  if (total < need) return no_room(need, available_bytes);
  // On a machine so small that rounding eats the 3 % between the two, swap still gets its minimum.
  if (total < image + kRangeAlignment) return no_room(image + kRangeAlignment, total);
  return Geometry{image, total - image};
}

Status check_geometry(const Geometry& geometry, uint64_t range_bytes) {
  const uint64_t image = geometry.image_bytes;
  const uint64_t swap = geometry.swap_bytes;
  // The smallest legal image area, one alignment unit, already holds everything but the slot.
  static_assert(kSlotOffset + kTailZeroBytes + kBlockBytes <= kRangeAlignment);
  if (image == 0 || image % kRangeAlignment != 0)
    return Error(Reason::kBadArgument, "image area size ").with_hex(image).with(" is not whole");
  if (swap == 0 || swap % kRangeAlignment != 0)
    return Error(Reason::kBadArgument, "swap area size ").with_hex(swap).with(" is not whole");
  if (image > range_bytes || swap > range_bytes - image)
    return Error(Reason::kBadArgument, "areas of ")
        .with_hex(image)
        .with(" and ")
        .with_hex(swap)
        .with(" bytes do not fit a range of ")
        .with_hex(range_bytes);
  return ok_status();
}

}  // namespace nvresume
