// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/image_report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <algorithm>

#include "image/codec.h"
#include "image/extent.h"

namespace nvresume {
namespace {

/// A sound index has 32 bytes for at least one page of the image; more than this is no index of an
/// image any machine can hold (32 TiB in the smallest chunks).
constexpr uint64_t kIndexBytesMaximum = uint64_t{1} << 34;

CopyReport report_copy(Nvm& area, uint64_t offset_bytes) {
  CopyReport report;
  Block block;
  if (const Status read = area.read(offset_bytes, block.bytes); !read.ok()) {
    report.condition = read.error().text();
    return report;
  }
  ::memcpy(&report.superblock, block.bytes, sizeof(report.superblock));
  const Status checked = check(report.superblock);
  report.condition = checked.ok() ? "good" : std::string(checked.error().text());
  return report;
}

/// WRITING: what the slot holds means nothing. EMPTY has nothing.
bool has_image_fields(const Superblock& superblock) {
  const State state = static_cast<State>(superblock.state);
  return state != State::kWriting && state != State::kEmpty && superblock.index.length_bytes != 0;
}

void report_metadata(Nvm& area, ImageReport& report) {
  const Extent& extent = report.superblock->metadata;
  if (extent.length_bytes > kMetadataBytesMaximum) {
    report.metadata_error = "its length is not one";
    return;
  }
  report.metadata_blocks.resize(extent_buffer_bytes(extent) / kBlockBytes);
  const Bytes buffer(report.metadata_blocks[0].bytes, report.metadata_blocks.size() * kBlockBytes);
  const auto record = read_extent(area, extent, buffer, Reason::kMetadataCorrupt);
  if (!record.ok()) {
    report.metadata_error = record.error().text();
    return;
  }
  if (const Status checked = check_metadata(record.value()); !checked.ok()) {
    report.metadata_error = checked.error().text();
    return;
  }
  report.metadata = record.value();
}

void report_index(Nvm& area, ImageReport& report) {
  const Extent& extent = report.superblock->index;
  if (extent.length_bytes < sizeof(ChunkIndexHeader) || extent.length_bytes > kIndexBytesMaximum) {
    report.index_error = "its length is not one";
    return;
  }
  report.index_blocks.resize(extent_buffer_bytes(extent) / kBlockBytes);
  const Bytes buffer(report.index_blocks[0].bytes, report.index_blocks.size() * kBlockBytes);
  const auto bytes = read_extent(area, extent, buffer, Reason::kIndexCorrupt);
  if (!bytes.ok()) {
    report.index_error = bytes.error().text();
    return;
  }
  const auto* header = reinterpret_cast<const ChunkIndexHeader*>(bytes.value().data());
  const ConstBytes rest = bytes.value().subspan(sizeof(ChunkIndexHeader));
  const std::span entries(reinterpret_cast<const ChunkEntry*>(rest.data()),
                          rest.size() / sizeof(ChunkEntry));
  if (const Status checked = check_index(*header, entries, report.superblock->slot_bytes);
      !checked.ok()) {
    report.index_error = checked.error().text();
    return;
  }
  report.index = header;
  report.entries = entries;
}

void report_attempts(Nvm& area, ImageReport& report) {
  auto log = AttemptLog::open(area);
  if (!log.ok()) return;  // unreadable like the superblocks beside it, which said so
  for (uint64_t sequence = log->first_sequence(); sequence <= log->last_sequence(); sequence++)
    if (const auto record = log->read(sequence); record.ok())
      report.attempts.push_back(record.value());
}

/// The pages of one chunk, inside `blocks`.
Result<ConstBytes> decode_chunk(Nvm& area, const ImageReport& report, uint64_t chunk,
                                FrameDecoder& decoder, std::vector<Block>& blocks) {
  const ChunkEntry& entry = report.entries[chunk];
  const uint64_t frame_blocks = kFrameBytesMaximum / kBlockBytes;
  uint8_t* memory = blocks[0].bytes;
  const Bytes frame(memory, (entry.stored_bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes);
  const Bytes pages(blocks[frame_blocks].bytes, entry.raw_bytes);
  const Bytes scratch(blocks[2 * frame_blocks].bytes, kFrameBytesMaximum);
  NVRESUME_TRY(area.read(report.superblock->slot_offset_bytes + entry.offset_bytes, frame));
  NVRESUME_TRY(decoder.decode(entry, frame.first(entry.stored_bytes), pages, scratch, chunk,
                              report.entries.size()));
  return ConstBytes(pages);
}

}  // namespace

ImageReport report_image(Nvm& area) {
  ImageReport report;
  report.size_bytes = area.size_bytes();
  report.copies[0] = report_copy(area, kSuperblockAOffset);
  report.copies[1] = report_copy(area, kSuperblockBOffset);
  const auto peeked = ImageArea::peek(area);
  if (!peeked.ok()) {
    report.superblock_error = peeked.error().text();
    report.superblock_reason = peeked.error().reason();
    return report;
  }
  report.superblock = peeked.value().superblock();
  report_attempts(area, report);
  if (!has_image_fields(*report.superblock)) return report;
  report_metadata(area, report);
  report_index(area, report);
  return report;
}

Status for_each_chunk(Nvm& area, const ImageReport& report,
                      const std::function<Status(ConstBytes pages)>& take) {
  if (!report.metadata_error.empty()) return Error(Reason::kMetadataCorrupt, report.metadata_error);
  if (!report.index_error.empty()) return Error(Reason::kIndexCorrupt, report.index_error);
  if (report.index == nullptr) return Error(Reason::kNoImage);
  std::vector<uint8_t> workspace(FrameDecoder::workspace_bytes());
  NVRESUME_ASSIGN(FrameDecoder decoder, FrameDecoder::create(workspace));
  std::vector<Block> blocks(3 * kFrameBytesMaximum / kBlockBytes);
  for (uint64_t chunk = 0; chunk < report.entries.size(); chunk++) {
    NVRESUME_ASSIGN(const ConstBytes pages, decode_chunk(area, report, chunk, decoder, blocks));
    NVRESUME_TRY(take(pages));
  }
  return ok_status();
}

Status verify_chunks(Nvm& area, const ImageReport& report) {
  return for_each_chunk(area, report, [](ConstBytes) { return ok_status(); });
}

const char* state_name(uint32_t state) {
  switch (static_cast<State>(state)) {
    case State::kEmpty:
      return "empty";
    case State::kWriting:
      return "writing";
    case State::kCommitted:
      return "committed";
    case State::kConsumed:
      return "consumed";
    case State::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string hex_of(const uint8_t (&id)[16]) {
  std::string text;
  for (const uint8_t byte : id) {
    char digits[4];
    ::snprintf(digits, sizeof(digits), "%02x", byte);
    text += digits;
  }
  return text;
}

std::string time_text(uint64_t unix_s) {
  const time_t moment = static_cast<time_t>(unix_s);
  struct tm calendar = {};
  char text[48];
  if (unix_s == 0 || ::gmtime_r(&moment, &calendar) == nullptr) return "unknown";
  ::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &calendar);
  return text;
}

}  // namespace nvresume
