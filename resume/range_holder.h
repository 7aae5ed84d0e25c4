// SPDX-License-Identifier: GPL-2.0-or-later
// range_holder.h: who has a physical range in /proc/iomem, and taking it back from nd_pmem where it
// is ours.
#pragma once

#include <stdint.h>

#include <string>
#include <string_view>

#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume {

/// The innermost /proc/iomem entries that overlap the range, "namespace0.0 at 0x…-0x…, …"; plain
/// "Reserved", which holds nothing, is left out. Empty where nobody has it.
std::string describe_range_holders(std::string_view iomem, uint64_t base, uint64_t bytes);

/// nd_pmem came first: unbinds every namespace that has a part of the range, if each is proven ours
/// before any is touched: raw, used by nobody, with this very range's superblock inside and nothing
/// of somebody's in front of it. The value is one line that tells what was taken away, and how much
/// that is not ours went with it. Error: kRangeTaken with the holder's name and what to do.
Result<std::string> release_range(const NvresumeRange& range);

}  // namespace nvresume
