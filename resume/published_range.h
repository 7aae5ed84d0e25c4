// SPDX-License-Identifier: GPL-2.0-or-later
// published_range.h: what the EFI stage published about this boot.
#pragma once

#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume {

/// Reads NvresumeRange from efivarfs (mounted here if it is not), checks attributes, exact size and
/// contents. Errors: kNoRange where the variable is missing or does not fit.
Result<NvresumeRange> read_published_range();

}  // namespace nvresume
