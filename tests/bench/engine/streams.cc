// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/streams.h"

#include <string.h>

#include <algorithm>
#include <random>

#include "image/chunk_index.h"
#include "image/snapshot_header.h"
#include "resume/image_disk.h"

namespace nvresume::bench {
namespace {

/// The info page and an ascending frame list for `data_pages`, and room for these.
Stream with_header(std::string name, uint64_t data_pages) {
  const uint64_t list_pages = (data_pages * sizeof(uint64_t) + kPageBytes - 1) / kPageBytes;
  SnapshotInfo info{};
  info.image_pages = data_pages;
  info.pages = 1 + list_pages + data_pages;
  info.size = info.pages * kPageBytes;
  Stream stream{std::move(name), std::vector<uint8_t>(info.size)};
  memcpy(stream.bytes.data(), &info, sizeof(info));
  for (uint64_t page = 0; page < data_pages; ++page) {
    const uint64_t frame = 256 + page;  // where memory begins on a PC
    memcpy(stream.bytes.data() + kPageBytes + page * sizeof(frame), &frame, sizeof(frame));
  }
  return stream;
}

uint8_t* data_of(Stream& stream, uint64_t data_pages) {
  return stream.bytes.data() + stream.bytes.size() - data_pages * kPageBytes;
}

/// A stream of which `random_share` in 256 of the pages are incompressible, the others zero.
Stream synthetic(std::string name, uint64_t data_pages, uint32_t random_share) {
  Stream stream = with_header(std::move(name), data_pages);
  std::mt19937_64 random(1);  // the same bytes in every run
  for (uint64_t page = 0; page < data_pages; ++page) {
    if (random() % 256 >= random_share) continue;
    uint8_t* words = data_of(stream, data_pages) + page * kPageBytes;
    for (uint32_t at = 0; at < kPageBytes; at += 8) {
      const uint64_t word = random();
      memcpy(words + at, &word, sizeof(word));
    }
  }
  return stream;
}

}  // namespace

std::vector<Stream> synthetic_streams(uint64_t data_bytes) {
  const uint64_t pages = data_bytes / kPageBytes;
  std::vector<Stream> streams;
  streams.push_back(synthetic("zero", pages, 0));
  streams.push_back(synthetic("half", pages, 128));
  streams.push_back(synthetic("incompressible", pages, 256));
  return streams;
}

Result<Stream> captured_stream(const std::string& path, uint64_t data_bytes) {
  NVRESUME_ASSIGN(ImageDisk file, ImageDisk::open(path.c_str(), ImageDisk::Access::kReadOnly));
  std::vector<Block> block(1);
  NVRESUME_TRY(file.read(0, block[0].bytes));
  NVRESUME_ASSIGN(const StreamCounts counts, read_snapshot_header(block[0].bytes));
  constexpr uint64_t kPiecePages = 1024;
  const uint64_t pages = std::min(counts.data_pages, data_bytes / kPageBytes);
  const uint64_t pieces = std::max<uint64_t>(1, pages / kPiecePages);
  std::vector<Block> piece(kPiecePages);
  Stream stream = with_header("captured", pages);
  for (uint64_t done = 0, number = 0; done < pages; done += kPiecePages, ++number) {
    const uint64_t count = std::min(kPiecePages, pages - done);
    const uint64_t from =
        std::min(number * (counts.data_pages / pieces), counts.data_pages - count);
    const Bytes buffer(piece[0].bytes, count * kPageBytes);
    NVRESUME_TRY(file.read((counts.header_pages + from) * kPageBytes, buffer));
    memcpy(data_of(stream, pages) + done * kPageBytes, buffer.data(), buffer.size());
  }
  return stream;
}

}  // namespace nvresume::bench
