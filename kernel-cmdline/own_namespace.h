// SPDX-License-Identifier: GPL-2.0-or-later
// own_namespace.h: where NVM has namespace labels, nvresume takes a raw namespace of its own and
// nothing else: everybody who looks at the NVM then sees whose it is, and the rest stays usable.
//
// Made through libnvdimm's files in /sys, as libndctl does, in a handful of writes: a library for
// them would go into the initramfs with the program.
#pragma once

#include <optional>
#include <string>

#include "image/result.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

inline constexpr char kOwnNamespaceName[] = "nvresume";

/// A region of libnvdimm whose modules have labels, and that is divided into namespaces by them.
struct LabelledRegion {
  std::string name;  ///< "region0"
  NvmRange range;
  uint64_t free_bytes = 0;  ///< the largest namespace that can still be made there
  uint64_t align_bytes = 0;
};

/// The one over exactly this range. Without labels a region is one namespace, and there is none.
std::optional<LabelledRegion> find_labelled_region(const NvmRange& range);

/// The namespace in it that is named nvresume: a setup was cut off, or somebody made it for us.
std::optional<NvmRange> find_own_namespace(const LabelledRegion& region);

/// As much as a range of `factor_percent` can take of the region, and no more.
uint64_t own_namespace_bytes(const LabelledRegion& region, uint64_t ordinary_bytes,
                             uint32_t factor_percent);

/// Recorded, then made in what nobody uses; no label of anybody's is written. Nothing but the place
/// that libnvdimm chose comes back. A power cut leaves it whole or not at all. Errors: kRangeTaken,
/// kIoError.
Result<NvmRange> make_own_namespace(const LabelledRegion& region, uint64_t bytes, Journal& journal);

/// Its label is deleted. Ok where it is gone already, or is somebody else's by now. Error:
/// kRangeTaken.
Status delete_own_namespace(const std::string& uuid);

}  // namespace nvresume
