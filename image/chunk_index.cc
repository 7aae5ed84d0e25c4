// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/chunk_index.h"

#include <string.h>

#include "image/frame_layout.h"
#include "image/media.h"

namespace nvresume {
namespace {

Error damaged(std::string_view what) { return Error(Reason::kIndexCorrupt, what); }

/// What is wrong with the entry's sizes, or nothing.
std::string_view size_fault(const ChunkEntry& entry) {
  if (entry.raw_bytes == 0 || entry.raw_bytes % kPageBytes != 0 ||
      entry.raw_bytes > kChunkPagesMaximum * kPageBytes)
    return "raw size";
  const uint32_t pages = entry.raw_bytes / kPageBytes;
  if (entry.same_pages > pages) return "count of same-filled pages";
  const uint32_t prologue = frame_prologue_bytes(entry.same_pages);
  const uint32_t body = frame_body_bytes(entry.raw_bytes, entry.same_pages);
  switch (static_cast<Encoding>(entry.encoding)) {
    case Encoding::kNone:
      return body == 0 && entry.stored_bytes == prologue ? "" : "stored size";
    case Encoding::kRaw:
      return body != 0 && entry.stored_bytes == prologue + body ? "" : "stored size";
    case Encoding::kZstd:
      return entry.stored_bytes > prologue && entry.stored_bytes < prologue + body ? ""
                                                                                   : "stored size";
  }
  return "encoding";
}

std::string_view place_fault(const ChunkEntry& entry, uint64_t slot_bytes) {
  if (entry.offset_bytes % kBlockBytes != 0) return "offset (not on a block)";
  if (entry.offset_bytes > slot_bytes ||
      whole_blocks(entry.stored_bytes) > slot_bytes - entry.offset_bytes)
    return "offset (outside the slot)";
  return "";
}

struct Totals {
  uint64_t header_pages = 0;
  uint64_t data_pages = 0;
  uint64_t stored_bytes = 0;
};

Status check_counts(const ChunkIndexHeader& header, uint64_t entry_count) {
  if (memcmp(header.magic, kIndexMagic, sizeof(kIndexMagic)) != 0) return damaged("no index magic");
  if (header.chunk_count != entry_count)
    return damaged("count of ")
        .with(header.chunk_count)
        .with(" chunks, ")
        .with(entry_count)
        .with(" are there");
  // A snapshot begins with at least one header page, swsusp_info.
  if (header.header_chunk_count == 0 || header.header_chunk_count > header.chunk_count)
    return damaged("count of header chunks ").with(header.header_chunk_count);
  if (header.chunk_pages < kChunkPagesMinimum || header.chunk_pages > kChunkPagesMaximum)
    return damaged("pages in a chunk ").with(header.chunk_pages);
  if (!is_zero(header.zero)) return damaged("reserved bytes are not zero");
  return ok_status();
}

}  // namespace

Status check_entry(const ChunkEntry& entry, uint64_t chunk, uint64_t chunk_count,
                   uint64_t slot_bytes) {
  std::string_view fault = size_fault(entry);
  if (fault.empty()) fault = place_fault(entry, slot_bytes);
  if (fault.empty() && entry.zero != 0) fault = "reserved field";
  if (fault.empty()) return ok_status();
  return damaged("chunk ").with(chunk).with(" of ").with(chunk_count).with(": bad ").with(fault);
}

Status check_index(const ChunkIndexHeader& header, std::span<const ChunkEntry> entries,
                   uint64_t slot_bytes) {
  NVRESUME_TRY(check_counts(header, entries.size()));
  Totals totals;
  for (uint64_t chunk = 0; chunk < entries.size(); chunk++) {
    const ChunkEntry& entry = entries[chunk];
    NVRESUME_TRY(check_entry(entry, chunk, entries.size(), slot_bytes));
    const bool is_header = chunk < header.header_chunk_count;
    const uint32_t pages = entry.raw_bytes / kPageBytes;
    if (!is_header && pages > header.chunk_pages)
      return damaged("chunk ")
          .with(chunk)
          .with(" has ")
          .with(pages)
          .with(" pages, the limit is ")
          .with(header.chunk_pages);
    (is_header ? totals.header_pages : totals.data_pages) += pages;
    totals.stored_bytes += entry.stored_bytes;
  }
  if (totals.header_pages != header.header_pages || totals.data_pages != header.data_pages)
    return damaged("the chunks hold ")
        .with(totals.header_pages)
        .with(" + ")
        .with(totals.data_pages)
        .with(" pages, the index says ")
        .with(header.header_pages)
        .with(" + ")
        .with(header.data_pages);
  if (totals.stored_bytes != header.stored_bytes) return damaged("stored sizes do not add up");
  return ok_status();
}

}  // namespace nvresume
