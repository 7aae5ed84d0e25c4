// SPDX-License-Identifier: GPL-2.0-or-later
#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#include "image/frame_layout.h"

namespace nvresume {
namespace {

Error damaged(const ChunkEntry& entry, uint64_t chunk, uint64_t chunk_count,
              std::string_view what) {
  return Error(Reason::kChunkCorrupt, "chunk ")
      .with(chunk)
      .with(" of ")
      .with(chunk_count)
      .with(" at offset ")
      .with_hex(entry.offset_bytes)
      .with(": ")
      .with(what);
}

bool bit_of(const uint8_t* bitmap, uint32_t page) { return (bitmap[page / 8] >> (page % 8)) & 1; }

/// The bitmap names exactly the pages the entry counts, and none behind the chunk's end.
bool bitmap_fits(const uint8_t* bitmap, uint32_t page_count, uint32_t same_pages) {
  uint32_t inside = 0;
  for (uint32_t page = 0; page < kChunkPagesMaximum; page++) {
    if (!bit_of(bitmap, page)) continue;
    if (page >= page_count) return false;
    inside++;
  }
  return inside == same_pages;
}

void fill_page(uint8_t* page, const uint8_t* value) {
  uint64_t word;
  memcpy(&word, value, sizeof(word));
  for (uint32_t offset = 0; offset < kPageBytes; offset += 8) memcpy(page + offset, &word, 8);
}

/// The reverse of the encoder's split(): fill values and other pages back to their places.
void join(const uint8_t* fill, const uint8_t* bitmap, const uint8_t* other, Bytes pages) {
  for (uint32_t page = 0; page < pages.size() / kPageBytes; page++) {
    uint8_t* target = pages.data() + page * kPageBytes;
    if (bit_of(bitmap, page)) {
      fill_page(target, fill);
      fill += 8;
    } else {
      memcpy(target, other, kPageBytes);
      other += kPageBytes;
    }
  }
}

/// The frame's size field is compared first: zstd then never writes less than we expect.
bool decompress(void* context, ConstBytes stored, Bytes body) {
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != body.size()) return false;
  const size_t size = ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(context), body.data(),
                                          body.size(), stored.data(), stored.size());
  return !ZSTD_isError(size) && size == body.size();
}

}  // namespace

uint64_t FrameDecoder::workspace_bytes() { return ZSTD_estimateDCtxSize(); }

Result<FrameDecoder> FrameDecoder::create(Bytes workspace) {
  ZSTD_DCtx* context = ZSTD_initStaticDCtx(workspace.data(), workspace.size());
  if (context == nullptr)
    return Error(Reason::kInternal, "the decompressor's workspace is too small");
  return FrameDecoder(context);
}

Status verify_frame(const ChunkEntry& entry, ConstBytes frame, uint64_t chunk,
                    uint64_t chunk_count) {
  if (frame.size() < entry.stored_bytes)
    return damaged(entry, chunk, chunk_count, "the frame is cut off");
  if (checksum_of(frame.first(entry.stored_bytes)) != entry.checksum)
    return damaged(entry, chunk, chunk_count, "checksum mismatch");
  return ok_status();
}

namespace {

/// A frame whose checksum fits, taken apart.
struct FrameParts {
  const uint8_t* fills;   ///< 8 bytes for each same-filled page
  const uint8_t* bitmap;  ///< meaningful with same-filled pages only
  ConstBytes stored;      ///< the body as stored
  uint32_t body_bytes;    ///< the body decoded
};

Result<FrameParts> take_apart(const ChunkEntry& entry, ConstBytes frame, uint64_t chunk,
                              uint64_t chunk_count) {
  // The sizes steer every copy below; a caller's own check_index() may have been of other bytes.
  if (!check_entry(entry, chunk, chunk_count, UINT64_MAX).ok())
    return damaged(entry, chunk, chunk_count, "its index entry is damaged");
  NVRESUME_TRY(verify_frame(entry, frame, chunk, chunk_count));
  const uint32_t same_pages = entry.same_pages;
  const FrameParts parts{frame.data(), frame.data() + same_pages * 8,
                         frame.first(entry.stored_bytes).subspan(frame_prologue_bytes(same_pages)),
                         frame_body_bytes(entry.raw_bytes, same_pages)};
  if (same_pages != 0 && !bitmap_fits(parts.bitmap, entry.raw_bytes / kPageBytes, same_pages))
    return damaged(entry, chunk, chunk_count, "its bitmap contradicts the index");
  return parts;
}

Error wrong_buffer() { return Error(Reason::kInternal, "a decoding buffer has the wrong size"); }

bool is_contiguous(std::span<const uint64_t> targets) {
  for (size_t i = 1; i < targets.size(); i++) {
    if (targets[i] != targets[i - 1] + kPageBytes) return false;
  }
  return true;
}

}  // namespace

Status FrameDecoder::decode(const ChunkEntry& entry, ConstBytes frame, Bytes pages, Bytes scratch,
                            uint64_t chunk, uint64_t chunk_count) {
  NVRESUME_ASSIGN(const FrameParts parts, take_apart(entry, frame, chunk, chunk_count));
  if (pages.size() != entry.raw_bytes || scratch.size() < kFrameBytesMaximum) return wrong_buffer();
  const uint32_t same_pages = entry.same_pages;
  const Bytes body = (same_pages == 0 ? pages : scratch).first(parts.body_bytes);
  const uint8_t* other = body.data();
  if (static_cast<Encoding>(entry.encoding) == Encoding::kZstd) {
    if (!decompress(context_, parts.stored, body))
      return damaged(entry, chunk, chunk_count, "it does not decompress");
  } else if (same_pages == 0) {
    memcpy(pages.data(), parts.stored.data(), parts.stored.size());
  } else {
    other = parts.stored.data();
  }
  if (same_pages != 0) join(parts.fills, parts.bitmap, other, pages);
  return ok_status();
}

Status FrameDecoder::decode_to(const ChunkEntry& entry, ConstBytes frame,
                               std::span<const uint64_t> targets, Bytes scratch, uint64_t chunk,
                               uint64_t chunk_count) {
  NVRESUME_ASSIGN(const FrameParts parts, take_apart(entry, frame, chunk, chunk_count));
  if (targets.size() != entry.raw_bytes / kPageBytes || scratch.size() < kFrameBytesMaximum)
    return wrong_buffer();
  const bool is_zstd = static_cast<Encoding>(entry.encoding) == Encoding::kZstd;
  const uint8_t* other = parts.stored.data();
  if (is_zstd && entry.same_pages == 0 && is_contiguous(targets)) {
    const Bytes pages(reinterpret_cast<uint8_t*>(targets[0]), parts.body_bytes);
    if (!decompress(context_, parts.stored, pages))
      return damaged(entry, chunk, chunk_count, "it does not decompress");
    return ok_status();
  }
  if (is_zstd) {
    if (!decompress(context_, parts.stored, scratch.first(parts.body_bytes)))
      return damaged(entry, chunk, chunk_count, "it does not decompress");
    other = scratch.data();
  }
  const uint8_t* fills = parts.fills;
  for (uint32_t page = 0; page < targets.size(); page++) {
    uint8_t* target = reinterpret_cast<uint8_t*>(targets[page]);
    if (entry.same_pages != 0 && bit_of(parts.bitmap, page)) {
      fill_page(target, fills);
      fills += 8;
    } else {
      memcpy(target, other, kPageBytes);
      other += kPageBytes;
    }
  }
  return ok_status();
}

}  // namespace nvresume
