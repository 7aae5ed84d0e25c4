// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/byte_stream.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace nvresume {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(std::span<const uint8_t> input) : input_(input) {}
  Result<size_t> read(std::span<uint8_t> out) override {
    const size_t count = std::min(out.size(), input_.size() - taken_);
    ::memcpy(out.data(), input_.data() + taken_, count);
    taken_ += count;
    return count;
  }
  size_t taken() const override { return taken_; }

 private:
  std::span<const uint8_t> input_;
  size_t taken_ = 0;
};

class GzipStream final : public ByteStream {
 public:
  explicit GzipStream(std::span<const uint8_t> input) : input_(input) {
    stream_.next_in = const_cast<uint8_t*>(input.data());  // zlib's interface predates const
    stream_.avail_in = static_cast<uInt>(std::min<size_t>(input.size(), UINT32_MAX));
    constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib.h, inflateInit2
    ready_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipStream() override {
    if (ready_) ::inflateEnd(&stream_);
  }
  Result<size_t> read(std::span<uint8_t> out) override {
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    while (ready_ && !ended_ && stream_.avail_out > 0) {
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END)
        ended_ = true;
      else if (result != Z_OK)
        return Error(Reason::kIoError, "gzip stream is damaged or cut short");
    }
    return out.size() - stream_.avail_out;
  }
  size_t taken() const override { return input_.size() - stream_.avail_in; }

 private:
  std::span<const uint8_t> input_;
  z_stream stream_{};
  bool ready_ = false;
  bool ended_ = false;
};

class ZstdStream final : public ByteStream {
 public:
  explicit ZstdStream(std::span<const uint8_t> input)
      : context_(::ZSTD_createDStream()), in_{input.data(), input.size(), 0} {}
  ~ZstdStream() override { ::ZSTD_freeDStream(context_); }
  Result<size_t> read(std::span<uint8_t> out) override {
    ZSTD_outBuffer target = {out.data(), out.size(), 0};
    while (target.pos < target.size) {
      const size_t before = in_.pos + target.pos;
      const size_t result = ::ZSTD_decompressStream(context_, &target, &in_);
      if (::ZSTD_isError(result))
        return Error(Reason::kIoError, "zstd: ").with(::ZSTD_getErrorName(result));
      if (in_.pos + target.pos == before) break;  // no progress: the input is at its end
    }
    return target.pos;
  }
  size_t taken() const override { return in_.pos; }

 private:
  ZSTD_DStream* context_;
  ZSTD_inBuffer in_;
};

}  // namespace

std::unique_ptr<ByteStream> open_plain(std::span<const uint8_t> input) {
  return std::make_unique<PlainStream>(input);
}
std::unique_ptr<ByteStream> open_gzip(std::span<const uint8_t> input) {
  return std::make_unique<GzipStream>(input);
}
std::unique_ptr<ByteStream> open_zstd(std::span<const uint8_t> input) {
  return std::make_unique<ZstdStream>(input);
}

}  // namespace nvresume
