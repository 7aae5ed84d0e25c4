// SPDX-License-Identifier: GPL-2.0-or-later
// XXH3-64 for the stage, without state, allocation or dispatch: inlined, it needs memcpy alone.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "image/checksum.h"

namespace nvresume {

uint64_t wide_checksum_of(ConstBytes bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace nvresume
