// SPDX-License-Identifier: GPL-2.0-or-later
// byte_stream.h: the bytes of a memory region in order, decompressed on the way where it is gzip or
// zstd.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <memory>
#include <span>

#include "image/result.h"

namespace nvresume {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills `out`; fewer bytes only at the end.
  virtual Result<size_t> read(std::span<uint8_t> out) = 0;
  /// Input bytes taken so far; exact for a plain stream only.
  virtual size_t taken() const = 0;
};

/// Streams over `input`, which must outlive them.
std::unique_ptr<ByteStream> open_gzip(std::span<const uint8_t> input);
std::unique_ptr<ByteStream> open_zstd(std::span<const uint8_t> input);
std::unique_ptr<ByteStream> open_plain(std::span<const uint8_t> input);

}  // namespace nvresume
