// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/golden/golden_file.h"

#include <zstd.h>

#include <cstdio>

namespace nvresume {
namespace {

struct Record {
  uint64_t device;  ///< 0: image area, 1: swap area
  uint64_t offset_bytes;
  uint8_t bytes[kBlockBytes];
};
/// Far above any golden file.
constexpr size_t kFileBytesMaximum = 4 << 20;

[[noreturn]] void fail(const std::string& path, const char* what) {
  fprintf(stderr, "%s: %s\n", path.c_str(), what);
  abort();
}

void append(std::vector<Record>& records, uint64_t device, const FakeNvm& nvm) {
  for (const uint64_t offset : nvm.written_blocks()) {
    Record& record = records.emplace_back(Record{device, offset, {}});
    memcpy(record.bytes, nvm.block(offset), kBlockBytes);
  }
}

std::vector<uint8_t> read_file(const std::string& path) {
  FILE* file = fopen(path.c_str(), "rb");
  if (file == nullptr) fail(path, "cannot be opened");
  std::vector<uint8_t> bytes(kFileBytesMaximum);
  bytes.resize(fread(bytes.data(), 1, bytes.size(), file));
  fclose(file);
  return bytes;
}

}  // namespace

TestStream make_golden_stream() {
  TestStream stream;
  stream.header_pages = 2;
  stream.chunk_pages = 3;
  stream.pages = make_pages(9, 48);
  return stream;
}

void write_golden(const std::string& path, const TestRange& range) {
  std::vector<Record> records;
  append(records, 0, range.area);
  append(records, 1, range.swap);
  const size_t size = records.size() * sizeof(Record);
  std::vector<uint8_t> packed(ZSTD_compressBound(size));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), records.data(), size, 19));
  FILE* file = fopen(path.c_str(), "wb");
  if (file == nullptr || fwrite(packed.data(), 1, packed.size(), file) != packed.size() ||
      fclose(file) != 0)
    fail(path, "cannot be written");
}

TestRange read_golden(const std::string& path) {
  const std::vector<uint8_t> packed = read_file(path);
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size > kFileBytesMaximum || size % sizeof(Record) != 0) fail(path, "is no golden file");
  std::vector<Record> records(size / sizeof(Record));
  if (ZSTD_decompress(records.data(), size, packed.data(), packed.size()) != size)
    fail(path, "does not decompress");
  TestRange range;
  for (const Record& record : records)
    (record.device == 0 ? range.area : range.swap).put(record.offset_bytes, record.bytes);
  return range;
}

}  // namespace nvresume
