// SPDX-License-Identifier: GPL-2.0-or-later
// chunk_index.h: the snapshot stream as independent frames in the slot (docs/format.md, "Chunk").
// The stream is what /dev/snapshot gives: header pages (swsusp_info, page-frame lists), then data
// pages. Header pages have chunks of their own, first.
#pragma once

#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

inline constexpr uint32_t kPageBytes = 4096;
inline constexpr uint32_t kChunkPagesMinimum =
    1;  ///< only the last chunk of a kind is smaller than 16
inline constexpr uint32_t kChunkPagesMaximum = 256;

/// How a frame's body is stored. 0 is never valid.
enum class Encoding : uint16_t {
  kRaw = 1,   ///< the pages as they are
  kZstd = 2,  ///< one zstd frame of the pages
  kNone = 3,  ///< no body: every page is same-filled
};

/// A frame is: same_pages x u64 fill values, then, if same_pages > 0, a 32-byte bitmap (bit n of
/// byte n/8: page n is same-filled), then the body holding the other pages in order. It starts on a
/// block boundary; the rest of its last block is zero and not covered by the checksum.
struct ChunkEntry {
  uint64_t offset_bytes;  ///< from the slot's start, block-aligned
  uint32_t stored_bytes;  ///< fill values + bitmap + body
  uint32_t raw_bytes;     ///< multiple of kPageBytes, at most kChunkPagesMaximum pages
  uint16_t encoding;      ///< Encoding
  uint16_t same_pages;    ///< pages that are one 8-byte value repeated
  uint32_t zero;
  uint64_t checksum;  ///< XXH3-64 of stored_bytes bytes, checked before decoding
};
static_assert(sizeof(ChunkEntry) == 32);

inline constexpr char kIndexMagic[8] = {'N', 'V', 'R', 'I', 'N', 'D', 'E', 'X'};

/// In the slot: this header (one block), then chunk_count entries. The superblock's index extent
/// covers all of it.
struct ChunkIndexHeader {
  char magic[8];
  uint32_t chunk_count;         ///< all chunks, header chunks first
  uint32_t header_chunk_count;  ///< chunks of header pages
  uint64_t header_pages;
  uint64_t data_pages;
  uint64_t stored_bytes;  ///< sum of stored_bytes
  uint32_t chunk_pages;   ///< pages in a full data chunk
  uint32_t zstd_level;    ///< as int32; for statistics only
  uint8_t image_id[16];   ///< must equal the superblock's
  uint8_t zero[4096 - 64];
};
static_assert(sizeof(ChunkIndexHeader) == 4096);

/// Checks an index as read: counts, order, sizes, alignment, every frame inside the slot, page
/// sums. `slot_bytes` is the slot's size. Overlap between frames, index and metadata is not checked
/// (it costs a sort and the checksums make it harmless). The caller compares image_id.
/// Error: kIndexCorrupt with the chunk's number and what is wrong.
Status check_index(const ChunkIndexHeader& header, std::span<const ChunkEntry> entries,
                   uint64_t slot_bytes);
/// One entry by itself (the streaming form of check_index).
Status check_entry(const ChunkEntry& entry, uint64_t chunk, uint64_t chunk_count,
                   uint64_t slot_bytes);

}  // namespace nvresume
