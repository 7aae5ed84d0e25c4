// SPDX-License-Identifier: GPL-2.0-or-later
#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#include "image/frame_layout.h"
#include "image/media.h"

namespace nvresume {
namespace {

/// Whether a page is its first 8 bytes repeated: then it equals itself shifted by 8. memcmp stops
/// at the first difference, which most other pages have in their first cache line.
bool is_same_filled(const uint8_t* page) { return memcmp(page, page + 8, kPageBytes - 8) == 0; }

/// One bit a page.
struct SameBitmap {
  uint8_t bytes[kSameBitmapBytes] = {};
  uint32_t count = 0;

  void set(uint32_t page) {
    bytes[page / 8] |= static_cast<uint8_t>(1 << (page % 8));
    count++;
  }
  bool has(uint32_t page) const { return (bytes[page / 8] >> (page % 8)) & 1; }
};

SameBitmap find_same_filled(ConstBytes pages) {
  SameBitmap same;
  for (uint32_t page = 0; page < pages.size() / kPageBytes; page++) {
    if (is_same_filled(pages.data() + page * kPageBytes)) same.set(page);
  }
  return same;
}

/// Writes fill values and bitmap to `frame`, the other pages in order to `rest`.
void split(ConstBytes pages, const SameBitmap& same, Bytes frame, Bytes rest) {
  uint8_t* fill = frame.data();
  uint8_t* other = rest.data();
  for (uint32_t page = 0; page < pages.size() / kPageBytes; page++) {
    const uint8_t* source = pages.data() + page * kPageBytes;
    const uint32_t count = same.has(page) ? 8 : kPageBytes;
    uint8_t*& target = same.has(page) ? fill : other;
    memcpy(target, source, count);
    target += count;
  }
  memcpy(fill, same.bytes, sizeof(same.bytes));
}

/// Bytes of zstd's frame, 0 where the body does not shrink by a sixteenth: decoding it would cost
/// more than reading the rest (chosen against the 1.4 GB/s of a decoding core, not measured).
uint32_t compress(ZSTD_CCtx* context, ConstBytes body, Bytes out) {
  const size_t limit = body.size() - body.size() / 16;
  const size_t stored = ZSTD_compress2(context, out.data(), limit, body.data(), body.size());
  return ZSTD_isError(stored) ? 0 : static_cast<uint32_t>(stored);
}

bool set_parameters(ZSTD_CCtx* context, int level) {
  // Our XXH3-64 covers the stored bytes; a second checksum would be paid for at every restore.
  return !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1));
}

}  // namespace

uint64_t FrameEncoder::workspace_bytes(int level) { return ZSTD_estimateCCtxSize(level); }

Result<FrameEncoder> FrameEncoder::create(Bytes workspace, int level, EncodingChoice choice) {
  ZSTD_CCtx* context = ZSTD_initStaticCCtx(workspace.data(), workspace.size());
  if (context == nullptr || workspace.size() < workspace_bytes(level))
    return Error(Reason::kInternal, "the compressor's workspace is too small");
  if (!set_parameters(context, level))
    return Error(Reason::kInternal, "the compressor does not know its parameters");
  return FrameEncoder(context, choice);
}

Status FrameEncoder::encode(ConstBytes pages, Bytes frame, Bytes scratch, ChunkEntry& entry) {
  if (pages.empty() || pages.size() % kPageBytes != 0 || pages.size() > kFrameBytesMaximum ||
      frame.size() < kFrameBytesMaximum || scratch.size() < kFrameBytesMaximum)
    return Error(Reason::kInternal, "a chunk or its buffers have the wrong size");
  const SameBitmap same = find_same_filled(pages);
  const uint32_t prologue = frame_prologue_bytes(same.count);
  const Bytes place = frame.subspan(prologue);
  ConstBytes body = pages;
  if (same.count != 0) {
    // A raw body is gathered where it belongs; zstd reads it from beside.
    const Bytes rest = choice_ == EncodingChoice::kRaw ? place : scratch;
    split(pages, same, frame, rest);
    body = rest.first(pages.size() - same.count * kPageBytes);
  }

  Encoding encoding = body.empty() ? Encoding::kNone : Encoding::kRaw;
  uint32_t stored = static_cast<uint32_t>(body.size());
  if (!body.empty() && choice_ == EncodingChoice::kZstd) {
    const uint32_t compressed = compress(static_cast<ZSTD_CCtx*>(context_), body, place);
    if (compressed != 0) {
      encoding = Encoding::kZstd;
      stored = compressed;
    }
  }
  if (encoding == Encoding::kRaw && body.data() != place.data())
    memcpy(place.data(), body.data(), body.size());
  stored += prologue;
  // Only whole blocks reach the medium: no byte of an earlier chunk may ride along.
  memset(frame.data() + stored, 0, whole_blocks(stored) - stored);

  const uint64_t offset_bytes = entry.offset_bytes;
  entry = ChunkEntry{};
  entry.offset_bytes = offset_bytes;
  entry.stored_bytes = stored;
  entry.raw_bytes = static_cast<uint32_t>(pages.size());
  entry.encoding = static_cast<uint16_t>(encoding);
  entry.same_pages = static_cast<uint16_t>(same.count);
  entry.checksum = checksum_of(frame.first(stored));
  return ok_status();
}

}  // namespace nvresume
