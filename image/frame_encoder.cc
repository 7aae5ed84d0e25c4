// SPDX-License-Identifier: GPL-2.0-or-later
#define ZSTD_STATIC_LINKING_ONLY
#include <string.h>
#include <zstd.h>

#include "image/codec.h"
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

/// Whether the body looks like noise (compressed or encrypted data): its bytes are about evenly
/// distributed. Of a sample of kSampleBytes, spread over the body, every value would be there
/// kSampleBytes / 256 times; what is counted beyond that bounds what a code for single bytes could
/// save. A few microseconds, where trying zstd costs as much as compressing does (docs/bench.md).
/// Noise that repeats itself is taken for noise: that costs room, never bytes.
bool looks_incompressible(ConstBytes body) {
  constexpr uint32_t kPieceBytes = 256;
  constexpr uint32_t kSampleBytes = 4096;
  // 65536 for an even distribution; at 98304 the code would save one part in twenty, less than is
  // asked of a compressed body below.
  constexpr uint32_t kSquaresMaximum = 98304;
  const uint64_t step = body.size() / (kSampleBytes / kPieceBytes);
  uint16_t counts[256] = {};
  for (uint64_t piece = 0; piece < kSampleBytes; piece += kPieceBytes)
    for (const uint8_t byte : body.subspan(piece / kPieceBytes * step, kPieceBytes)) counts[byte]++;
  uint32_t squares = 0;
  for (const uint32_t count : counts) squares += count * count;
  return squares < kSquaresMaximum;
}

bool set_parameters(ZSTD_CCtx* context, int level) {
  // Our XXH3-64 covers the stored bytes; a second checksum would be paid for at every restore.
  return !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)) &&
         !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1));
}

}  // namespace

/// zstd's tables follow the size of what is compressed, in steps of powers of two. Its own estimate
/// for a level is for any size: at level 9 12.5 MiB, where chunks of 64 pages need 3.5.
uint64_t FrameEncoder::workspace_bytes(int level, uint32_t chunk_pages) {
  uint64_t largest = 0;
  for (uint32_t pages = 1; pages < 2 * chunk_pages; pages *= 2) {
    const ZSTD_compressionParameters parameters = ZSTD_getCParams(level, pages * kPageBytes, 0);
    const uint64_t bytes = ZSTD_estimateCCtxSize_usingCParams(parameters);
    if (bytes > largest) largest = bytes;
  }
  return largest;
}

Result<FrameEncoder> FrameEncoder::create(Bytes workspace, int level, EncodingChoice choice,
                                          uint32_t chunk_pages) {
  ZSTD_CCtx* context = ZSTD_initStaticCCtx(workspace.data(), workspace.size());
  if (context == nullptr || workspace.size() < workspace_bytes(level, chunk_pages))
    return Error(Reason::kInternal, "the compressor's workspace is too small");
  if (!set_parameters(context, level))
    return Error(Reason::kInternal, "the compressor does not know its parameters");
  return FrameEncoder(context, choice);
}

/// A body has to shrink by a sixteenth: decoding it would cost more than reading the rest (chosen
/// against the 2.1 GB/s that one worker loads, docs/bench.md).
uint32_t FrameEncoder::compress(ConstBytes body, Bytes place) {
  if (choice_ != EncodingChoice::kZstd || body.empty() || looks_incompressible(body)) return 0;
  const size_t limit = body.size() - body.size() / 16;
  const size_t stored = ZSTD_compress2(static_cast<ZSTD_CCtx*>(context_), place.data(), limit,
                                       body.data(), body.size());
  return ZSTD_isError(stored) ? 0 : static_cast<uint32_t>(stored);
}

Result<ConstBytes> FrameEncoder::make_frame(ConstBytes pages, Bytes frame, Bytes scratch,
                                            ChunkEntry& entry) {
  if (pages.empty() || pages.size() % kPageBytes != 0 || pages.size() > kFrameBytesMaximum ||
      frame.size() < pages.size() || scratch.size() < pages.size())
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

  const uint32_t compressed = compress(body, place);
  const bool stays = compressed == 0 && same.count == 0;  // the pages as they are
  if (compressed == 0 && !stays && body.data() != place.data())
    memcpy(place.data(), body.data(), body.size());
  const uint32_t stored =
      prologue + (compressed != 0 ? compressed : static_cast<uint32_t>(body.size()));
  // Only whole blocks reach the medium: no byte of an earlier chunk may ride along.
  if (!stays) memset(frame.data() + stored, 0, whole_blocks(stored) - stored);
  const ConstBytes made = stays ? pages : ConstBytes(frame).first(whole_blocks(stored));

  const uint64_t offset_bytes = entry.offset_bytes;
  entry = ChunkEntry{};
  entry.offset_bytes = offset_bytes;
  entry.stored_bytes = stored;
  entry.raw_bytes = static_cast<uint32_t>(pages.size());
  entry.encoding = static_cast<uint16_t>(body.empty()      ? Encoding::kNone
                                         : compressed != 0 ? Encoding::kZstd
                                                           : Encoding::kRaw);
  entry.same_pages = static_cast<uint16_t>(same.count);
  entry.checksum = checksum_of(made.first(stored));
  return made;
}

Status FrameEncoder::encode(ConstBytes pages, Bytes frame, Bytes scratch, ChunkEntry& entry) {
  NVRESUME_ASSIGN(const ConstBytes made, make_frame(pages, frame, scratch, entry));
  if (made.data() != frame.data()) memcpy(frame.data(), made.data(), made.size());
  return ok_status();
}

}  // namespace nvresume
