// SPDX-License-Identifier: GPL-2.0-or-later
// layout.h: where things lie in the reserved range (docs/format.md, "Range"), and how large the
// range is for a given amount of ordinary memory.
//
//   range base ─▶ [ image area: superblock A | superblock B | attempt log | slot … | zero ][ swap
//   area ]
#pragma once

#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr uint64_t kSuperblockAOffset = 0;
inline constexpr uint64_t kSuperblockBOffset = 4096;
inline constexpr uint64_t kAttemptLogOffset = 8192;
inline constexpr uint64_t kAttemptLogBytes = 256 * 1024;
inline constexpr uint64_t kSlotOffset = kAttemptLogOffset + kAttemptLogBytes;
/// The image area ends in zeros so that no probe of the device's end finds a signature there.
inline constexpr uint64_t kTailZeroBytes = 1024 * 1024;
/// x86-64 large page: lets the stage and the kernel map the range without splitting.
inline constexpr uint64_t kRangeAlignment = 2 * 1024 * 1024;

inline constexpr uint32_t kFactorPercentDefault = 200;
inline constexpr uint32_t kFactorPercentMinimum = 55;
inline constexpr uint32_t kFactorPercentMaximum = 1600;

/// Sizes of the two areas; both multiples of kRangeAlignment. The image area starts at the base.
struct Geometry {
  uint64_t image_bytes = 0;
  uint64_t swap_bytes = 0;
  uint64_t total_bytes() const { return image_bytes + swap_bytes; }
  uint64_t slot_bytes() const { return image_bytes - kSlotOffset - kTailZeroBytes; }
};

/// The reservation for `ordinary_bytes` of memory that is not NVM: factor_percent of it, rounded to
/// kRangeAlignment, capped by `available_bytes`. The image area is 1/2 + 1/64 of ordinary memory
/// (the kernel's snapshot cannot be larger than half), the swap area the rest.
/// Errors: kNoRoom (below 0.55 of ordinary memory; text has need/have), kBadArgument (factor).
Result<Geometry> plan_geometry(uint64_t ordinary_bytes, uint32_t factor_percent,
                               uint64_t available_bytes);

/// Checks sizes read from a superblock or a variable before anything uses them.
Status check_geometry(const Geometry& geometry, uint64_t range_bytes);

}  // namespace nvresume
