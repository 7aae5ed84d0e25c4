// SPDX-License-Identifier: GPL-2.0-or-later
// memory_nvm.h: an NVM that is ordinary memory, stored to as the driver stores to the real one
// (memcpy_flushcache): past the caches, in whole lines, without reading them first.
#pragma once

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cstdlib>

#include "image/nvm.h"

namespace nvresume::bench {

/// REQUIRES: both 16-byte aligned, whole lines of 64 bytes.
inline void store_past_caches(uint8_t* to, const uint8_t* from, uint64_t bytes) {
  for (uint64_t at = 0; at < bytes; at += 64) {
    for (uint64_t part = at; part < at + 64; part += 16)
      _mm_stream_si128(reinterpret_cast<__m128i*>(to + part),
                       _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + part)));
  }
}

/// Populated memory of its own, so that no page fault is measured.
class Arena {
 public:
  explicit Arena(uint64_t size_bytes) : size_(size_bytes) {
    void* address = mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (address == MAP_FAILED) abort();  // the benchmark cannot run
    address_ = static_cast<uint8_t*>(address);
  }
  ~Arena() { (void)munmap(address_, size_); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Bytes bytes() const { return {address_, size_}; }

 private:
  uint64_t size_;
  uint8_t* address_;
};

class MemoryNvm final : public Nvm {
 public:
  explicit MemoryNvm(Bytes memory) : memory_(memory) {}
  uint64_t size_bytes() const override { return memory_.size(); }
  Status read(uint64_t offset_bytes, Bytes out) override {
    if (!holds(offset_bytes, out.size())) return Error(Reason::kIoError, "read outside the NVM");
    memcpy(out.data(), memory_.data() + offset_bytes, out.size());
    return ok_status();
  }
  Status write(uint64_t offset_bytes, ConstBytes in) override {
    if (!holds(offset_bytes, in.size())) return Error(Reason::kIoError, "write outside the NVM");
    store_past_caches(memory_.data() + offset_bytes, in.data(), in.size());
    return ok_status();
  }
  Status flush() override {
    _mm_sfence();
    return ok_status();
  }

 private:
  bool holds(uint64_t offset_bytes, uint64_t length_bytes) const {
    return offset_bytes <= memory_.size() && length_bytes <= memory_.size() - offset_bytes;
  }
  Bytes memory_;
};

}  // namespace nvresume::bench
