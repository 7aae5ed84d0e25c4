// SPDX-License-Identifier: GPL-2.0-or-later
// nvm.h: the one seam between the image library and what it lies on. The EFI stage implements it
// over the physical range, the user program over an O_DIRECT block device (or a file), the crash
// test over a recorder that loses and tears unflushed stores.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <bit>
#include <span>

#include "image/result.h"

namespace nvresume {

static_assert(std::endian::native == std::endian::little,
              "structures of docs/format.md are little-endian and used in place");

using Bytes = std::span<uint8_t>;
using ConstBytes = std::span<const uint8_t>;

inline constexpr uint64_t kBlockBytes = 4096;  ///< unit of every read and write below

/// A byte-addressed persistent range. Offsets and lengths are multiples of kBlockBytes; buffers are
/// aligned to kBlockBytes (O_DIRECT). A store is certain to survive a power cut only after flush()
/// returned ok; before that any aligned 8-byte unit of it may or may not have arrived.
class Nvm {
 public:
  virtual uint64_t size_bytes() const = 0;
  virtual Status read(uint64_t offset_bytes, Bytes out) = 0;
  virtual Status write(uint64_t offset_bytes, ConstBytes in) = 0;
  virtual Status flush() = 0;

 protected:
  ~Nvm() = default;  // never deleted through this type: no heap here
};

/// A block-aligned block, for callers that need a buffer of one.
struct alignas(kBlockBytes) Block {
  uint8_t bytes[kBlockBytes];
};

}  // namespace nvresume
