// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/extent.h"

#include "image/codec.h"
#include "image/media.h"

namespace nvresume {

uint64_t extent_buffer_bytes(const Extent& extent) { return whole_blocks(extent.length_bytes); }

Result<Extent> store_extent(Nvm& area, uint64_t offset_bytes, ConstBytes content) {
  const ConstBytes blocks(content.data(), whole_blocks(content.size()));
  NVRESUME_TRY(area.write(kSlotOffset + offset_bytes, blocks));
  return Extent{offset_bytes, content.size(), checksum_of(content)};
}

Result<ConstBytes> read_extent(Nvm& area, const Extent& extent, Bytes buffer, Reason corrupt) {
  if (buffer.size() < extent_buffer_bytes(extent))
    return Error(Reason::kInternal, "a buffer too small for an extent of ")
        .with(extent.length_bytes)
        .with(" bytes");
  NVRESUME_TRY(
      area.read(kSlotOffset + extent.offset_bytes, buffer.first(extent_buffer_bytes(extent))));
  const ConstBytes content = buffer.first(extent.length_bytes);
  if (checksum_of(content) != extent.checksum)
    return Error(corrupt, "checksum mismatch in the ")
        .with(extent.length_bytes)
        .with(" bytes at slot offset ")
        .with_hex(extent.offset_bytes);
  return content;
}

}  // namespace nvresume
