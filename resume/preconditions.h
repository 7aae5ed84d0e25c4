// SPDX-License-Identifier: GPL-2.0-or-later
// preconditions.h: what must hold before a save freezes anything. A save that could not be resumed
// is never started.
#pragma once

#include "image/efi_variables.h"
#include "image/image_area.h"
#include "image/result.h"

namespace nvresume {

/// Runs every check of `nvresume check` (check_table.h); the first that fails is the error, with
/// what to do next. Warnings stop nothing.
Status check_save_preconditions(const NvresumeRange& range, const ImageArea& area);

}  // namespace nvresume
