// SPDX-License-Identifier: GPL-2.0-or-later
// A chunk index of any content.
#include "image/chunk_index.h"
#include "tests/fuzz/fuzz_input.h"

using namespace nvresume;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  constexpr uint64_t kSlotBytes = 1 << 20;
  ChunkIndexHeader header{};
  memcpy(header.magic, kIndexMagic, sizeof(kIndexMagic));
  const auto flags = input.take<uint8_t>();
  const uint32_t count = 1 + input.take<uint8_t>() % 8;
  header.header_chunk_count = input.take<uint8_t>() % 10;
  header.chunk_pages = input.take<uint16_t>();
  header.chunk_count = flags & 1 ? input.take<uint32_t>() : count;
  std::vector<ChunkEntry> entries(count);
  for (uint32_t i = 0; i < count; i++) {
    entries[i] = input.take<ChunkEntry>();
    if (flags & 2) entries[i].zero = 0;
    if (flags & 4) entries[i].raw_bytes = entries[i].raw_bytes % 300 * kPageBytes;
    if (flags & 8) entries[i].offset_bytes = entries[i].offset_bytes % 300 * kBlockBytes;
    // Sums that fit, so that the entries are what is judged.
    (i < header.header_chunk_count ? header.header_pages : header.data_pages) +=
        entries[i].raw_bytes / kPageBytes;
    header.stored_bytes += entries[i].stored_bytes;
  }
  if (!check_index(header, entries, kSlotBytes).ok()) return 0;
  for (const ChunkEntry& entry : entries) {
    require(entry.offset_bytes < kSlotBytes &&
            entry.stored_bytes <= kSlotBytes - entry.offset_bytes);
    require(entry.raw_bytes <= kChunkPagesMaximum * kPageBytes &&
            entry.same_pages * kPageBytes <= entry.raw_bytes);
  }
  return 0;
}
