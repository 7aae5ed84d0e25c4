// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/superblock.h"

#include <string.h>

#include "image/chunk_index.h"
#include "image/codec.h"
#include "image/media.h"
#include "image/metadata.h"

namespace nvresume {
namespace {

uint64_t checksum_of_superblock(const Superblock& superblock) {
  return checksum_of(bytes_of(superblock).first(offsetof(Superblock, checksum)));
}

Error damaged(std::string_view what) { return Error(Reason::kSuperblockCorrupt, what); }

bool is_known_state(uint32_t state) {
  return state >= static_cast<uint32_t>(State::kEmpty) &&
         state <= static_cast<uint32_t>(State::kFailed);
}

/// Written so that no sum of media values can overflow.
bool fits_slot(const Extent& extent, uint64_t slot_bytes) {
  return extent.offset_bytes % kBlockBytes == 0 && extent.offset_bytes <= slot_bytes &&
         extent.length_bytes <= slot_bytes &&
         whole_blocks(extent.length_bytes) <= slot_bytes - extent.offset_bytes;
}

bool is_absent(const Extent& extent) { return is_zero(bytes_of(extent)); }

Status check_extents(const Superblock& superblock) {
  const State state = static_cast<State>(superblock.state);
  const Extent& metadata = superblock.metadata;
  const Extent& index = superblock.index;
  if (is_absent(metadata) && is_absent(index)) {
    if (state == State::kCommitted || state == State::kConsumed)
      return damaged("an image without metadata and index");
    return ok_status();
  }
  if (!fits_slot(metadata, superblock.slot_bytes) ||
      metadata.length_bytes < sizeof(MetadataHeader) ||
      metadata.length_bytes > kMetadataBytesMaximum)
    return damaged("the metadata record lies outside the slot");
  if (!fits_slot(index, superblock.slot_bytes) || index.length_bytes < sizeof(ChunkIndexHeader) ||
      (index.length_bytes - sizeof(ChunkIndexHeader)) % sizeof(ChunkEntry) != 0)
    return damaged("the chunk index lies outside the slot");
  return ok_status();
}

Status check_places(const Superblock& superblock) {
  const Geometry geometry = geometry_of(superblock);
  if (superblock.range_base % kRangeAlignment != 0) return damaged("the range base is not aligned");
  if (auto status = check_geometry(geometry, UINT64_MAX - superblock.range_base); !status.ok())
    return damaged(status.error().text());
  if (superblock.slot_offset_bytes != kSlotOffset ||
      superblock.slot_bytes != geometry.slot_bytes() ||
      superblock.log_offset_bytes != kAttemptLogOffset || superblock.log_bytes != kAttemptLogBytes)
    return damaged("slot or attempt log are not where this format has them");
  return ok_status();
}

}  // namespace

Superblock make_superblock(uint64_t range_base, const Geometry& geometry) {
  Superblock superblock{};
  memcpy(superblock.magic, kSuperblockMagic, sizeof(kSuperblockMagic));
  superblock.major = kFormatMajor;
  superblock.minor = kFormatMinor;
  superblock.generation = 1;
  superblock.state = static_cast<uint32_t>(State::kEmpty);
  superblock.range_base = range_base;
  superblock.image_bytes = geometry.image_bytes;
  superblock.swap_bytes = geometry.swap_bytes;
  superblock.slot_offset_bytes = kSlotOffset;
  superblock.slot_bytes = geometry.slot_bytes();
  superblock.log_offset_bytes = kAttemptLogOffset;
  superblock.log_bytes = kAttemptLogBytes;
  superblock.attempt_limit = kAttemptLimitDefault;
  return superblock;
}

void seal(Superblock& superblock) { superblock.checksum = checksum_of_superblock(superblock); }

Status check(const Superblock& superblock) {
  if (memcmp(superblock.magic, kSuperblockMagic, sizeof(kSuperblockMagic)) != 0)
    return Error(Reason::kNotFormatted);
  // Magic and checksum keep their places in every version, so that a damaged version number reads
  // as damage and not as somebody else's format.
  if (superblock.checksum != checksum_of_superblock(superblock))
    return damaged("checksum mismatch");
  if (superblock.major != kFormatMajor)
    return Error(Reason::kUnsupportedVersion, "format version ")
        .with(superblock.major)
        .with(".")
        .with(superblock.minor)
        .with(", this program reads ")
        .with(kFormatMajor);
  if (superblock.incompatible_flags != 0)
    return Error(Reason::kUnsupportedVersion, "unknown flags ")
        .with_hex(superblock.incompatible_flags);
  if (!is_known_state(superblock.state)) return damaged("unknown state ").with(superblock.state);
  if (superblock.generation == 0) return damaged("generation 0");
  if (superblock.minor <= kFormatMinor && !is_zero(superblock.zero))
    return damaged("reserved bytes are not zero");
  if (superblock.minor == 0 && superblock.attempt_boot_count != 0)
    return damaged("reserved bytes are not zero");
  NVRESUME_TRY(check_places(superblock));
  return check_extents(superblock);
}

Geometry geometry_of(const Superblock& superblock) {
  return Geometry{superblock.image_bytes, superblock.swap_bytes};
}

}  // namespace nvresume
