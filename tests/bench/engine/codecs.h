// SPDX-License-Identifier: GPL-2.0-or-later
// codecs.h: the codecs that are compared, bare: one buffer to another, with a context a thread.
#pragma once

#include <memory>

#include "image/nvm.h"

namespace nvresume::bench {

class Codec {
 public:
  virtual ~Codec() = default;
  /// Bytes written to `out`, which has room for an incompressible `in`.
  virtual uint64_t compress(ConstBytes in, Bytes out) = 0;
  /// REQUIRES: `out` is exactly as large as what was compressed.
  virtual bool decompress(ConstBytes in, Bytes out) = 0;
};

std::unique_ptr<Codec> make_zstd(int level);
/// What the kernel's hibernation can use.
std::unique_ptr<Codec> make_lz4();
std::unique_ptr<Codec> make_lzo();
/// "Compresses" by copying: the raw encoding's passes.
std::unique_ptr<Codec> make_copy();

/// Room an incompressible chunk may take with any of them.
constexpr uint64_t compressed_bound(uint64_t bytes) { return bytes + bytes / 16 + 4096; }

}  // namespace nvresume::bench
