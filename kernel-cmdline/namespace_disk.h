// SPDX-License-Identifier: GPL-2.0-or-later
// namespace_disk.h: libnvdimm's namespaces over a range, and the block device through which the
// range's bytes can be seen while nobody has reserved it.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "kernel-cmdline/nvm_range.h"

namespace nvresume {

struct Namespace {
  std::string name;       ///< "namespace0.0"
  std::string directory;  ///< its place in /sys
  NvmRange range;
  std::string label;  ///< what a namespace label says of it; "" where the platform has none
  std::string disk;   ///< "pmem0"; "" where no driver made one
};

/// Those that overlap the range.
std::vector<Namespace> namespaces_over(const NvmRange& range);

struct NamespaceDisk {
  std::string name;
  std::string path;       ///< "/dev/pmem0"
  uint64_t offset_bytes;  ///< of the range's base
};

/// The raw namespace that covers the whole range.
std::optional<NamespaceDisk> find_namespace_disk(const NvmRange& range);

}  // namespace nvresume
