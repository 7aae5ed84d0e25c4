// SPDX-License-Identifier: GPL-2.0-or-later
// codec.h: one chunk to one frame and back. No heap: callers bring scratch memory. Decoding exists
// alone (frame_decoder.cc) so that the stage links no compressor.
#pragma once

#include <stdint.h>

#include "image/chunk_index.h"
#include "image/frame_pages.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

/// XXH3-64, seed 0, of `bytes`: the checksum of every structure in the range.
uint64_t checksum_of(ConstBytes bytes);

/// Largest frame: never larger than the pages it holds.
inline constexpr uint32_t kFrameBytesMaximum = kChunkPagesMaximum * kPageBytes;

enum class EncodingChoice : uint8_t { kRaw, kZstd };

/// Encodes chunks. One per worker. `workspace` holds the zstd context (static, no heap).
class FrameEncoder {
 public:
  /// Bytes of workspace for `level` (zstd's, negative = fast) and chunks of at most that many
  /// pages.
  static uint64_t workspace_bytes(int level, uint32_t chunk_pages = kChunkPagesMaximum);
  /// Errors: kInternal (workspace too small).
  static Result<FrameEncoder> create(Bytes workspace, int level, EncodingChoice choice,
                                     uint32_t chunk_pages = kChunkPagesMaximum);

  /// Encodes `pages` (multiple of kPageBytes) into `frame` (as many bytes: a body that does not
  /// shrink is stored raw, so no frame is larger). `scratch`, as large, is for the pages that are
  /// not same-filled. Fills all of the entry but offset_bytes; zero-pads the frame to the next
  /// block.
  Status encode(ConstBytes pages, Bytes frame, Bytes scratch, ChunkEntry& entry);
  /// encode() that returns the whole blocks to store: the front of `frame`, or `pages` themselves
  /// where those are the frame already, since copying them would be one pass over memory more.
  Result<ConstBytes> make_frame(ConstBytes pages, Bytes frame, Bytes scratch, ChunkEntry& entry);
  /// For the chunks from here on.
  void set_choice(EncodingChoice choice) { choice_ = choice; }

 private:
  FrameEncoder(void* context, EncodingChoice choice) : context_(context), choice_(choice) {}
  /// Bytes of the compressed body in `place`, 0 where it is to be stored raw.
  uint32_t compress(ConstBytes body, Bytes place);
  void* context_;
  EncodingChoice choice_;
};

/// Verifies and decodes frames. One per worker.
class FrameDecoder {
 public:
  static uint64_t workspace_bytes();
  static Result<FrameDecoder> create(Bytes workspace);

  /// Checks the checksum of `frame` (stored_bytes) against the entry, then decodes into `pages`
  /// (exactly raw_bytes). `scratch`: kFrameBytesMaximum bytes. `chunk` of `chunk_count` only names
  /// the chunk in the error: kChunkCorrupt "chunk 812 of 4096 at offset 0x…: checksum mismatch".
  Status decode(const ChunkEntry& entry, ConstBytes frame, Bytes pages, Bytes scratch,
                uint64_t chunk, uint64_t chunk_count);
  /// decode() with a place of its own for every page: addresses of whole pages.
  Status decode_to(const ChunkEntry& entry, ConstBytes frame, std::span<const uint64_t> targets,
                   Bytes scratch, uint64_t chunk, uint64_t chunk_count);
  /// decode() that moves no page: a raw body stays in `frame`, a compressed one is decoded into
  /// `body` (raw_bytes of room). Both must outlive the result.
  Result<FramePages> unpack(const ChunkEntry& entry, ConstBytes frame, Bytes body, uint64_t chunk,
                            uint64_t chunk_count);

 private:
  explicit FrameDecoder(void* context) : context_(context) {}
  void* context_;
};

/// Only the checksum part of decode(), for the read-back before the commit.
Status verify_frame(const ChunkEntry& entry, ConstBytes frame, uint64_t chunk,
                    uint64_t chunk_count);

}  // namespace nvresume
