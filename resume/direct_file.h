// SPDX-License-Identifier: GPL-2.0-or-later
// direct_file.h: reads any bytes of a disk past the page cache, whose copies are stale on both
// sides of a resume. A plain file in tests.
#pragma once

#include <stdint.h>

#include <memory>
#include <string>
#include <type_traits>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/unique_fd.h"

namespace nvresume {

/// A stretch of a device.
struct ByteRange {
  uint64_t offset_bytes;
  uint64_t length_bytes;
};

class DirectFile {
 public:
  static Result<DirectFile> open(const std::string& path);
  DirectFile(DirectFile&&) noexcept = default;

  uint64_t size_bytes() const { return size_bytes_; }
  /// Any offset, any length. Error: kIoError.
  Status read(uint64_t offset_bytes, Bytes out);
  /// One little-endian or raw structure at an offset.
  template <typename T>
  Result<T> read_as(uint64_t offset_bytes) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    NVRESUME_TRY(read(offset_bytes, Bytes(reinterpret_cast<uint8_t*>(&value), sizeof(value))));
    return value;
  }
  /// XXH3-64 over the ranges in order. Allocates nothing. Error: kIoError.
  Result<uint64_t> hash(std::span<const ByteRange> ranges);

 private:
  static constexpr uint32_t kBufferBytes = 256 * 1024;
  struct Buffer {
    alignas(kBlockBytes) uint8_t bytes[kBufferBytes];
  };
  DirectFile(UniqueFd fd, std::string path)
      : fd_(std::move(fd)), path_(std::move(path)), buffer_(std::make_unique<Buffer>()) {}
  /// Reads the aligned piece around `offset_bytes` into the buffer; returns the wanted bytes in it,
  /// at most `length_bytes`.
  Result<ConstBytes> read_piece(uint64_t offset_bytes, uint64_t length_bytes);

  UniqueFd fd_;
  std::string path_;
  std::unique_ptr<Buffer> buffer_;
  uint64_t size_bytes_ = 0;
};

}  // namespace nvresume
