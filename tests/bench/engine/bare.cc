// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/bare.h"

#include <string.h>

#include <algorithm>
#include <thread>

#include "image/codec.h"
#include "image/media.h"
#include "tests/bench/engine/memory_nvm.h"

namespace nvresume::bench {
namespace {

/// body(0 … threads - 1), one of them in the calling thread.
void run_threads(uint32_t threads, const std::function<void(uint32_t)>& body) {
  std::vector<std::thread> others;
  for (uint32_t thread = 1; thread < threads; ++thread) others.emplace_back(body, thread);
  body(0);
  for (std::thread& other : others) other.join();
}

}  // namespace

Bare::Bare(const MakeCodec& make, uint32_t threads, uint64_t chunk_bytes, bool through_buffer)
    : chunk_bytes_(chunk_bytes), through_buffer_(through_buffer), workers_(threads) {
  for (Worker& worker : workers_) {
    worker.codec = make();
    worker.buffer.resize(whole_blocks(compressed_bound(chunk_bytes)) / kBlockBytes);
  }
}

Bytes Bare::buffer_of(Worker& worker) const {
  return {worker.buffer[0].bytes, worker.buffer.size() * kBlockBytes};
}

bool Bare::for_each_chunk(uint64_t total_bytes, const Step& step) {
  const uint64_t chunks = (total_bytes + chunk_bytes_ - 1) / chunk_bytes_;
  std::atomic<uint64_t> next = 0;
  std::atomic<bool> good = true;
  run_threads(static_cast<uint32_t>(workers_.size()), [&](uint32_t thread) {
    for (uint64_t chunk; (chunk = next.fetch_add(1)) < chunks;)
      if (!step(workers_[thread], chunk)) good = false;
  });
  return good;
}

bool Bare::save(ConstBytes stream, Bytes nvm) {
  nvm_end_ = 0;
  frames_.assign((stream.size() + chunk_bytes_ - 1) / chunk_bytes_, Frame{});
  const auto pages_of = [&](uint64_t chunk) {
    const uint64_t from = chunk * chunk_bytes_;
    return stream.subspan(from, std::min(chunk_bytes_, stream.size() - from));
  };
  return for_each_chunk(stream.size(),
                        [&](Worker& worker, uint64_t chunk) {
                          return save_chunk(worker, frames_[chunk], pages_of(chunk), nvm);
                        }) &&
         for_each_chunk(stream.size(), [&](Worker& worker, uint64_t chunk) {
           return check_chunk(worker, frames_[chunk], nvm);
         });
}

bool Bare::save_chunk(Worker& worker, Frame& frame, ConstBytes pages, Bytes nvm) {
  const Bytes buffer = buffer_of(worker);
  frame.bytes = worker.codec->compress(pages, buffer);
  if (frame.bytes == 0) return false;
  frame.checksum = checksum_of(buffer.first(frame.bytes));
  const uint64_t stored_bytes = whole_blocks(frame.bytes);
  frame.offset_bytes = nvm_end_.fetch_add(stored_bytes);
  if (frame.offset_bytes + stored_bytes > nvm.size()) return false;
  store_past_caches(nvm.data() + frame.offset_bytes, buffer.data(), stored_bytes);
  return true;
}

bool Bare::check_chunk(Worker& worker, const Frame& frame, ConstBytes nvm) {
  const Bytes buffer = buffer_of(worker);
  memcpy(buffer.data(), nvm.data() + frame.offset_bytes, whole_blocks(frame.bytes));
  return checksum_of(buffer.first(frame.bytes)) == frame.checksum;
}

bool Bare::load(ConstBytes nvm, Bytes sink) {
  return for_each_chunk(sink.size(), [&](Worker& worker, uint64_t chunk) {
    const uint64_t from = chunk * chunk_bytes_;
    return load_chunk(worker, frames_[chunk], nvm,
                      sink.subspan(from, std::min(chunk_bytes_, sink.size() - from)));
  });
}

bool Bare::load_chunk(Worker& worker, const Frame& frame, ConstBytes nvm, Bytes pages) {
  ConstBytes stored = nvm.subspan(frame.offset_bytes, frame.bytes);
  if (through_buffer_) {
    memcpy(worker.buffer[0].bytes, stored.data(), stored.size());
    stored = buffer_of(worker).first(frame.bytes);
  }
  return checksum_of(stored) == frame.checksum && worker.codec->decompress(stored, pages);
}

void copy_in_parallel(ConstBytes from, Bytes to, uint32_t threads) {
  run_threads(threads, [&](uint32_t thread) {
    const uint64_t begin = from.size() * thread / threads;
    const uint64_t end = from.size() * (thread + 1) / threads;
    memcpy(to.data() + begin, from.data() + begin, end - begin);
  });
}

}  // namespace nvresume::bench
