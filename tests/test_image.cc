// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/test_image.h"

#include <random>

#include "image/codec.h"
#include "image/extent.h"
#include "image/media.h"
#include "image/metadata.h"

namespace nvresume {
namespace {

constexpr int kLevel = 1;
/// Behind the chunks of any stream used here.
constexpr uint64_t kIndexAt = 400 * 1024;
constexpr uint64_t kMetadataAt = 420 * 1024;

/// Stores the stream's chunks from the slot's start and collects their entries.
class ChunkStore {
 public:
  ChunkStore(Nvm& area, FrameEncoder encoder) : area_(area), encoder_(encoder) {}

  Status add(ConstBytes pages) {
    ChunkEntry entry{};
    entry.offset_bytes = next_bytes_;
    NVRESUME_TRY(encoder_.encode(pages, frame_.bytes(), scratch_.bytes(), entry));
    const uint64_t blocks = whole_blocks(entry.stored_bytes);
    NVRESUME_TRY(area_.write(kSlotOffset + next_bytes_, frame_.bytes().first(blocks)));
    next_bytes_ += blocks;
    entries_.push_back(entry);
    return ok_status();
  }
  const std::vector<ChunkEntry>& entries() const { return entries_; }

 private:
  Nvm& area_;
  FrameEncoder encoder_;
  AlignedBuffer frame_{kFrameBytesMaximum};
  AlignedBuffer scratch_{kFrameBytesMaximum};
  uint64_t next_bytes_ = 0;
  std::vector<ChunkEntry> entries_;
};

ChunkIndexHeader make_index_header(const TestStream& stream, const std::vector<ChunkEntry>& entries,
                                   const Superblock& superblock) {
  ChunkIndexHeader header{};
  memcpy(header.magic, kIndexMagic, sizeof(kIndexMagic));
  header.chunk_count = static_cast<uint32_t>(entries.size());
  header.header_chunk_count = 1;
  header.header_pages = stream.header_pages;
  header.data_pages = stream.pages.size() / kPageBytes - stream.header_pages;
  for (const ChunkEntry& entry : entries) header.stored_bytes += entry.stored_bytes;
  header.chunk_pages = stream.chunk_pages;
  header.zstd_level = kLevel;
  memcpy(header.image_id, superblock.image_id, sizeof(header.image_id));
  return header;
}

Result<Extent> store_index(ImageArea& area, const TestStream& stream,
                           const std::vector<ChunkEntry>& entries) {
  const ChunkIndexHeader header = make_index_header(stream, entries, area.superblock());
  const uint64_t length = sizeof(header) + entries.size() * sizeof(ChunkEntry);
  AlignedBuffer buffer(whole_blocks(length));
  memcpy(buffer.bytes().data(), &header, sizeof(header));
  memcpy(buffer.bytes().data() + sizeof(header), entries.data(), length - sizeof(header));
  return store_extent(area.nvm(), kIndexAt, buffer.bytes().first(length));
}

Result<Extent> store_metadata(ImageArea& area) {
  AlignedBuffer buffer(4 * kBlockBytes);
  MetadataWriter writer(buffer.bytes());
  memcpy(writer.header().image_id, area.superblock().image_id, 16);
  strcpy(writer.header().host, "golden");
  strcpy(writer.header().kernel_release, "6.1.0-test");
  writer.header().saved_unix_s = 1700000000;
  const std::string_view text = "one line of the vanished world\n";
  NVRESUME_TRY(writer.add(SectionType::kMessages,
                          {reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
  return store_extent(area.nvm(), kMetadataAt, buffer.bytes().first(writer.finish()));
}

Status decode_chunks(Nvm& area, std::span<const ChunkEntry> entries, std::vector<uint8_t>& out) {
  // Kept from call to call: the crash tests load an image ten thousand times.
  static AlignedBuffer workspace(FrameDecoder::workspace_bytes());
  static AlignedBuffer frame(kFrameBytesMaximum), scratch(kFrameBytesMaximum);
  NVRESUME_ASSIGN(FrameDecoder decoder, FrameDecoder::create(workspace.bytes()));
  for (uint64_t chunk = 0; chunk < entries.size(); chunk++) {
    const ChunkEntry& entry = entries[chunk];
    const uint64_t blocks = whole_blocks(entry.stored_bytes);
    NVRESUME_TRY(area.read(kSlotOffset + entry.offset_bytes, frame.bytes().first(blocks)));
    const size_t at = out.size();
    out.resize(at + entry.raw_bytes);
    NVRESUME_TRY(decoder.decode(entry, frame.bytes(), Bytes(out).subspan(at), scratch.bytes(),
                                chunk, entries.size()));
  }
  return ok_status();
}

}  // namespace

TestRange make_formatted_range() {
  TestRange range;
  if (!ImageArea::format(range.area, kTestRangeBase, kTestGeometry).ok()) abort();
  const std::string_view signature = "SWAPSPACE2";
  range.swap.put(kBlockBytes - signature.size(),
                 {reinterpret_cast<const uint8_t*>(signature.data()), signature.size()});
  return range;
}

std::vector<uint8_t> make_pages(uint64_t page_count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> pages(page_count * kPageBytes);
  for (uint64_t page = 0; page < page_count; page++) {
    uint8_t* bytes = pages.data() + page * kPageBytes;
    const uint64_t kind = random() % 4;
    const uint64_t fill = kind == 0 ? 0 : random();
    for (uint32_t i = 0; i < kPageBytes; i += 8) {
      // Incompressible, text-like, or the fill value (zero or not) all over.
      const uint64_t word = kind == 3 ? random() : kind == 2 ? fill + (i / 64) : fill;
      memcpy(bytes + i, &word, sizeof(word));
    }
  }
  return pages;
}

TestStream make_stream(uint64_t seed) {
  TestStream stream;
  stream.pages = make_pages(stream.header_pages + 2 * stream.chunk_pages + 3, seed);
  return stream;
}

Result<StoredImage> store_image(ImageArea& area, const TestStream& stream) {
  AlignedBuffer workspace(FrameEncoder::workspace_bytes(kLevel));
  NVRESUME_ASSIGN(FrameEncoder encoder,
                  FrameEncoder::create(workspace.bytes(), kLevel, EncodingChoice::kZstd));
  ChunkStore chunks(area.nvm(), encoder);
  ConstBytes rest = stream.pages;
  NVRESUME_TRY(chunks.add(rest.first(stream.header_pages * kPageBytes)));
  rest = rest.subspan(stream.header_pages * kPageBytes);
  while (!rest.empty()) {
    const uint64_t count = std::min<uint64_t>(rest.size(), stream.chunk_pages * kPageBytes);
    NVRESUME_TRY(chunks.add(rest.first(count)));
    rest = rest.subspan(count);
  }
  StoredImage stored;
  NVRESUME_ASSIGN(stored.index, store_index(area, stream, chunks.entries()));
  NVRESUME_ASSIGN(stored.metadata, store_metadata(area));
  return stored;
}

Status save_image(ImageArea& area, Nvm& swap, const TestStream& stream, uint8_t id) {
  uint8_t image_id[16];
  memset(image_id, id, sizeof(image_id));
  NVRESUME_TRY(area.begin_save(image_id));
  NVRESUME_ASSIGN(const StoredImage stored, store_image(area, stream));
  return commit_image(area, swap, stored.metadata, stored.index);
}

Result<std::vector<uint8_t>> load_image(ImageArea& area) {
  const Superblock& superblock = area.superblock();
  AlignedBuffer metadata(extent_buffer_bytes(superblock.metadata));
  NVRESUME_ASSIGN(const ConstBytes record, read_extent(area.nvm(), superblock.metadata,
                                                       metadata.bytes(), Reason::kMetadataCorrupt));
  NVRESUME_TRY(check_metadata(record));
  AlignedBuffer index(extent_buffer_bytes(superblock.index));
  NVRESUME_ASSIGN(const ConstBytes bytes,
                  read_extent(area.nvm(), superblock.index, index.bytes(), Reason::kIndexCorrupt));
  const auto& header = *reinterpret_cast<const ChunkIndexHeader*>(bytes.data());
  const std::span<const ChunkEntry> entries(
      reinterpret_cast<const ChunkEntry*>(bytes.data() + sizeof(header)),
      (bytes.size() - sizeof(header)) / sizeof(ChunkEntry));
  NVRESUME_TRY(check_index(header, entries, superblock.slot_bytes));
  if (memcmp(header.image_id, superblock.image_id, sizeof(header.image_id)) != 0)
    return Error(Reason::kIndexCorrupt, "the index belongs to another image");
  std::vector<uint8_t> stream;
  NVRESUME_TRY(decode_chunks(area.nvm(), entries, stream));
  return stream;
}

Result<std::vector<uint8_t>> look_for_image(Nvm& area, Nvm& swap) {
  NVRESUME_ASSIGN(ImageArea image_area, ImageArea::open(area));
  NVRESUME_TRY(check_image_pending(image_area, swap));
  return load_image(image_area);
}

}  // namespace nvresume
