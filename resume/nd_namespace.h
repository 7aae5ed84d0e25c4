// SPDX-License-Identifier: GPL-2.0-or-later
// nd_namespace.h: what libnvdimm has made of the NVM: namespaces, and which of them lie in a range.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "image/result.h"

namespace nvresume {

struct NdNamespace {
  std::string device;      ///< "namespace0.0"
  std::string label_name;  ///< what `ndctl create-namespace --name` gave it; "" without labels
  std::string mode;        ///< ndctl's word: raw, sector, fsdax, devdax
  std::string disk;        ///< "pmem0"; "" where it has none
  uint64_t base = 0;
  uint64_t bytes = 0;
  bool bound = false;  ///< a driver has it, or is about to
  uint64_t end() const { return base + bytes; }
};

/// Every namespace with at least one byte in the range, by address.
std::vector<NdNamespace> namespaces_in(uint64_t base, uint64_t bytes);

/// `namespace0.0 "nvresume" (/dev/pmem0)`.
std::string describe(const NdNamespace& ns);

/// Takes it from nd_pmem; its disk disappears. Error: kRangeTaken.
Status unbind(const NdNamespace& ns);

}  // namespace nvresume
