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

/// nd_pmem came first: unbinds the namespace that covers the range if it is a raw one that nobody
/// mounts or opens and our superblock lies in it at the range's base. Error: kRangeTaken with the
/// holder's name and what to do.
Status release_range(const NvresumeRange& range);

}  // namespace nvresume
