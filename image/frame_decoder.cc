// SPDX-License-Identifier: GPL-2.0-or-later
#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#include "image/codec.h"
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

/// The page to its place, which it may have already.
void put_page(const FramePages::Page& page, uint8_t* target) {
  if (page.bytes == nullptr) {
    for (uint32_t offset = 0; offset < kPageBytes; offset += 8)
      memcpy(target + offset, &page.fill, 8);
  } else if (page.bytes != target) {
    memcpy(target, page.bytes, kPageBytes);
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

/// The sizes steer every copy below; a caller's own check_index() may have been of other bytes.
Status check_frame(const ChunkEntry& entry, ConstBytes frame, uint64_t chunk,
                   uint64_t chunk_count) {
  if (!check_entry(entry, chunk, chunk_count, UINT64_MAX).ok())
    return damaged(entry, chunk, chunk_count, "its index entry is damaged");
  NVRESUME_TRY(verify_frame(entry, frame, chunk, chunk_count));
  const uint8_t* bitmap = frame.data() + entry.same_pages * 8;
  if (entry.same_pages == 0 || bitmap_fits(bitmap, entry.raw_bytes / kPageBytes, entry.same_pages))
    return ok_status();
  return damaged(entry, chunk, chunk_count, "its bitmap contradicts the index");
}

Error wrong_buffer() { return Error(Reason::kInternal, "a decoding buffer has the wrong size"); }

bool is_contiguous(std::span<const uint64_t> targets) {
  for (size_t i = 1; i < targets.size(); i++) {
    if (targets[i] != targets[i - 1] + kPageBytes) return false;
  }
  return true;
}

}  // namespace

Result<FramePages> FrameDecoder::unpack(const ChunkEntry& entry, ConstBytes frame, Bytes body,
                                        uint64_t chunk, uint64_t chunk_count) {
  NVRESUME_TRY(check_frame(entry, frame, chunk, chunk_count));
  const ConstBytes stored =
      frame.first(entry.stored_bytes).subspan(frame_prologue_bytes(entry.same_pages));
  if (static_cast<Encoding>(entry.encoding) != Encoding::kZstd)
    return FramePages(frame.data(), entry.same_pages, stored.data());
  const uint32_t body_bytes = frame_body_bytes(entry.raw_bytes, entry.same_pages);
  if (body.size() < body_bytes) return wrong_buffer();
  if (!decompress(context_, stored, body.first(body_bytes)))
    return damaged(entry, chunk, chunk_count, "it does not decompress");
  return FramePages(frame.data(), entry.same_pages, body.data());
}

Status FrameDecoder::decode(const ChunkEntry& entry, ConstBytes frame, Bytes pages, Bytes scratch,
                            uint64_t chunk, uint64_t chunk_count) {
  if (pages.size() != entry.raw_bytes || scratch.size() < kFrameBytesMaximum) return wrong_buffer();
  const Bytes body = entry.same_pages == 0 ? pages : scratch;
  NVRESUME_ASSIGN(FramePages from, unpack(entry, frame, body, chunk, chunk_count));
  for (uint32_t done = 0; done < entry.raw_bytes; done += kPageBytes)
    put_page(from.next(), pages.data() + done);
  return ok_status();
}

Status FrameDecoder::decode_to(const ChunkEntry& entry, ConstBytes frame,
                               std::span<const uint64_t> targets, Bytes scratch, uint64_t chunk,
                               uint64_t chunk_count) {
  if (targets.size() != entry.raw_bytes / kPageBytes || scratch.size() < kFrameBytesMaximum)
    return wrong_buffer();
  const bool in_place = entry.same_pages == 0 && !targets.empty() && is_contiguous(targets);
  const Bytes body =
      in_place ? Bytes(reinterpret_cast<uint8_t*>(targets[0]), entry.raw_bytes) : scratch;
  NVRESUME_ASSIGN(FramePages from, unpack(entry, frame, body, chunk, chunk_count));
  for (const uint64_t target : targets) put_page(from.next(), reinterpret_cast<uint8_t*>(target));
  return ok_status();
}

}  // namespace nvresume
