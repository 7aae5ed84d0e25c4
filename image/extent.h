// SPDX-License-Identifier: GPL-2.0-or-later
// extent.h: a checksummed byte range of the slot, written and read as a whole: the metadata record
// and the chunk index.
#pragma once

#include "image/superblock.h"

namespace nvresume {

/// Bytes a buffer needs for read_extent(): whole blocks.
uint64_t extent_buffer_bytes(const Extent& extent);

/// Writes `content` (its buffer padded to whole blocks, block-aligned) at `offset_bytes` of the
/// slot. Does not flush.
Result<Extent> store_extent(Nvm& area, uint64_t offset_bytes, ConstBytes content);

/// Reads the extent into `buffer` (block-aligned, extent_buffer_bytes()) and checks it. The result
/// is the exact bytes. `corrupt` is the reason for a checksum mismatch.
Result<ConstBytes> read_extent(Nvm& area, const Extent& extent, Bytes buffer, Reason corrupt);

}  // namespace nvresume
