// SPDX-License-Identifier: GPL-2.0-or-later
// image_report.h: everything the image area says about itself, gathered without writing a byte, for
// inspect and status. A damaged part becomes its error's text; the rest is still told.
#pragma once

#include <stdint.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "image/attempt_log.h"
#include "image/chunk_index.h"
#include "image/image_area.h"
#include "image/metadata.h"

namespace nvresume {

struct CopyReport {
  std::string condition;    ///< "good", or why it does not count
  Superblock superblock{};  ///< as it lies there, whatever the condition
};

struct ImageReport {
  uint64_t size_bytes = 0;
  CopyReport copies[2];
  std::optional<Superblock> superblock;  ///< the one that counts
  std::string superblock_error;
  Reason superblock_reason = Reason::kNone;  ///< why none counts
  std::vector<Block> metadata_blocks;
  ConstBytes metadata;  ///< inside metadata_blocks; empty: none, or damaged
  std::string metadata_error;
  std::vector<Block> index_blocks;
  const ChunkIndexHeader* index = nullptr;  ///< inside index_blocks
  std::span<const ChunkEntry> entries;
  std::string index_error;
  std::vector<AttemptRecord> attempts;  ///< oldest first

  const MetadataHeader* metadata_header() const {
    return metadata.empty() ? nullptr : reinterpret_cast<const MetadataHeader*>(metadata.data());
  }
  uint64_t raw_bytes() const {
    return index == nullptr ? 0 : (index->header_pages + index->data_pages) * kPageBytes;
  }
};

/// `area` starts at the range base. Never fails as a whole.
ImageReport report_image(Nvm& area);
/// Reads and decodes every chunk and gives its pages to `take`, in the stream's order. Errors:
/// kChunkCorrupt with the chunk's number, kIoError, what `take` returns.
Status for_each_chunk(Nvm& area, const ImageReport& report,
                      const std::function<Status(ConstBytes pages)>& take);
/// for_each_chunk() for its errors alone.
Status verify_chunks(Nvm& area, const ImageReport& report);

const char* state_name(uint32_t state);
std::string hex_of(const uint8_t (&id)[16]);
/// "2026-11-21 22:05:12 UTC"; "unknown" for 0.
std::string time_text(uint64_t unix_s);
/// A record's zero-terminated field.
template <size_t kSize>
std::string field_text(const char (&field)[kSize]) {
  size_t length = 0;
  while (length < kSize && field[length] != '\0') length++;
  return std::string(field, length);
}
template <typename T>
std::span<const T> section_records(ConstBytes metadata, SectionType type) {
  if (metadata.empty()) return {};
  const ConstBytes bytes = section_of(metadata, type);
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

}  // namespace nvresume
