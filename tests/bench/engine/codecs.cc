// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/codecs.h"

#include <lz4.h>
#include <lzo/lzo1x.h>
#include <string.h>
#include <zstd.h>

#include <vector>

namespace nvresume::bench {
namespace {

class Zstd final : public Codec {
 public:
  explicit Zstd(int level) {
    (void)ZSTD_CCtx_setParameter(compressor_, ZSTD_c_compressionLevel, level);
  }
  ~Zstd() override {
    ZSTD_freeCCtx(compressor_);
    ZSTD_freeDCtx(decompressor_);
  }
  uint64_t compress(ConstBytes in, Bytes out) override {
    const size_t size = ZSTD_compress2(compressor_, out.data(), out.size(), in.data(), in.size());
    return ZSTD_isError(size) ? 0 : size;
  }
  bool decompress(ConstBytes in, Bytes out) override {
    return ZSTD_decompressDCtx(decompressor_, out.data(), out.size(), in.data(), in.size()) ==
           out.size();
  }

 private:
  ZSTD_CCtx* compressor_ = ZSTD_createCCtx();
  ZSTD_DCtx* decompressor_ = ZSTD_createDCtx();
};

class Lz4 final : public Codec {
 public:
  uint64_t compress(ConstBytes in, Bytes out) override {
    return static_cast<uint64_t>(LZ4_compress_default(
        chars(in), reinterpret_cast<char*>(out.data()), int(in.size()), int(out.size())));
  }
  bool decompress(ConstBytes in, Bytes out) override {
    return LZ4_decompress_safe(chars(in), reinterpret_cast<char*>(out.data()), int(in.size()),
                               int(out.size())) == int(out.size());
  }

 private:
  static const char* chars(ConstBytes in) { return reinterpret_cast<const char*>(in.data()); }
};

class Lzo final : public Codec {
 public:
  uint64_t compress(ConstBytes in, Bytes out) override {
    lzo_uint size = out.size();
    const int result = lzo1x_1_compress(in.data(), in.size(), out.data(), &size, memory_.data());
    return result == LZO_E_OK ? size : 0;
  }
  bool decompress(ConstBytes in, Bytes out) override {
    lzo_uint size = out.size();
    return lzo1x_decompress_safe(in.data(), in.size(), out.data(), &size, nullptr) == LZO_E_OK &&
           size == out.size();
  }

 private:
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(LZO1X_1_MEM_COMPRESS);
};

class Copy final : public Codec {
 public:
  uint64_t compress(ConstBytes in, Bytes out) override {
    memcpy(out.data(), in.data(), in.size());
    return in.size();
  }
  bool decompress(ConstBytes in, Bytes out) override {
    memcpy(out.data(), in.data(), out.size());
    return in.size() == out.size();
  }
};

}  // namespace

std::unique_ptr<Codec> make_zstd(int level) { return std::make_unique<Zstd>(level); }
std::unique_ptr<Codec> make_lz4() { return std::make_unique<Lz4>(); }
std::unique_ptr<Codec> make_lzo() { return std::make_unique<Lzo>(); }
std::unique_ptr<Codec> make_copy() { return std::make_unique<Copy>(); }

}  // namespace nvresume::bench
