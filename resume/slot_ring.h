// SPDX-License-Identifier: GPL-2.0-or-later
// slot_ring.h: chunks handed between one thread that is bound to the stream's order and workers
// that are not, through a fixed number of slots: memory used is slots x chunk, whatever the image's
// size. Chunk n always lies in slot n % slot_count.
//
//   save     stream thread: wait_empty, fill, publish  ─▶  workers: claim, wait_filled, use,
//   release restore  workers: claim, wait_empty, fill, publish  ─▶  stream thread: wait_filled,
//   use, release
//
// Every wait ends with false once any thread failed: the first error closes the ring for all.
#pragma once

#include <stdint.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

class SlotRing {
 public:
  /// `memory` holds slot_count slots of slot_bytes. Chunks are numbered from `first_chunk`.
  SlotRing(Bytes memory, uint32_t slot_count, uint64_t slot_bytes, uint64_t first_chunk);

  Bytes slot(uint64_t chunk) const;
  /// The next chunk no worker has yet; nothing behind the end or after an error. Waits only for the
  /// end to be known: a claimed chunk may still be empty.
  std::optional<uint64_t> claim();
  [[nodiscard]] bool wait_empty(uint64_t chunk);
  void publish(uint64_t chunk);
  [[nodiscard]] bool wait_filled(uint64_t chunk);
  void release(uint64_t chunk);
  /// There will be no chunk `end` or higher.
  void set_end(uint64_t end);

  void fail(Error error);
  /// The first error, or ok.
  Status status();

 private:
  struct Slot {
    uint64_t chunk;  ///< the one it is for now
    bool filled;
  };
  bool wait_for(uint64_t chunk, bool filled, std::condition_variable& changed);
  Slot& slot_of(uint64_t chunk) { return slots_[chunk % slots_.size()]; }

  Bytes memory_;
  uint64_t slot_bytes_;
  std::mutex mutex_;  ///< guards all below
  std::condition_variable emptied_;
  std::condition_variable filled_;
  std::vector<Slot> slots_;
  uint64_t next_;
  uint64_t end_ = UINT64_MAX;
  std::optional<Error> error_;
};

}  // namespace nvresume
