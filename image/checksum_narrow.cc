// SPDX-License-Identifier: GPL-2.0-or-later
// XXH3-64 without vector registers, neither by the library's choice nor by the compiler's.
#pragma GCC optimize("no-tree-vectorize")
#define XXH_INLINE_ALL
#define XXH_VECTOR 0  // XXH_SCALAR
#include <xxhash.h>

#include "image/checksum.h"

namespace nvresume {

uint64_t narrow_checksum_of(ConstBytes bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace nvresume
