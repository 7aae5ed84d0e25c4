// SPDX-License-Identifier: GPL-2.0-or-later
// nfit.h: persistent-memory ranges in the NVDIMM Firmware Interface Table (ACPI 6.5, 5.2.25).
#pragma once

#include "efi/candidates.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume::efi {

/// Adds every SPA range of type "persistent memory region". `table` is the whole table, header
/// included. A structure that does not fit its table ends the walk with an error; what was added
/// before stays. Error: kUnsupportedFirmware.
Status add_nfit_ranges(ConstBytes table, CandidateList& candidates);

}  // namespace nvresume::efi
