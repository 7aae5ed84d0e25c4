// SPDX-License-Identifier: GPL-2.0-or-later
// bare.h: the ideal the pipelines are held against: the same chunks through a codec by several
// threads, straight from and to their final memory, in no order, with nobody waiting for anybody.
// Every frame is hashed, and read back and hashed after a save, as the pipelines do.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "tests/bench/engine/codecs.h"

namespace nvresume::bench {

class Bare {
 public:
  using MakeCodec = std::function<std::unique_ptr<Codec>()>;
  /// `through_buffer`: a load copies each frame out of the NVM before it hashes it. A codec reads
  /// it where it lies; copying is what the raw encoding's passes are.
  Bare(const MakeCodec& make, uint32_t threads, uint64_t chunk_bytes, bool through_buffer);

  bool save(ConstBytes stream, Bytes nvm);
  /// REQUIRES: save() of as many bytes into the same NVM.
  bool load(ConstBytes nvm, Bytes sink);
  uint64_t stored_bytes() const { return nvm_end_.load(); }

 private:
  struct Frame {
    uint64_t offset_bytes;
    uint64_t bytes;
    uint64_t checksum;
  };
  struct Worker {
    std::unique_ptr<Codec> codec;
    std::vector<Block> buffer;
  };
  using Step = std::function<bool(Worker&, uint64_t chunk)>;
  bool for_each_chunk(uint64_t total_bytes, const Step& step);
  bool save_chunk(Worker& worker, Frame& frame, ConstBytes pages, Bytes nvm);
  bool check_chunk(Worker& worker, const Frame& frame, ConstBytes nvm);
  bool load_chunk(Worker& worker, const Frame& frame, ConstBytes nvm, Bytes pages);
  Bytes buffer_of(Worker& worker) const;

  uint64_t chunk_bytes_;
  bool through_buffer_;
  std::vector<Worker> workers_;
  std::vector<Frame> frames_;
  std::atomic<uint64_t> nvm_end_ = 0;
};

/// memcpy() of all of it, by so many threads.
void copy_in_parallel(ConstBytes from, Bytes to, uint32_t threads);

}  // namespace nvresume::bench
