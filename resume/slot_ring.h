// SPDX-License-Identifier: GPL-2.0-or-later
// slot_ring.h: chunks handed between one thread that is bound to the stream's order and workers
// that are not, through a fixed number of slots: memory used is slots x chunk, whatever the image's
// size. Chunk n always lies in slot n % slot_count.
//
//   save     stream thread: wait_empty, fill, publish  ─▶  workers: claim, wait_filled, use,
//   release restore  workers: claim, wait_empty, fill, publish  ─▶  stream thread: wait_filled,
//   use, release
//
// Every wait ends with false once any thread failed: the first error closes the ring for all. A
// slot is one word that its two users pass to and fro: nobody is woken for another slot's sake.
#pragma once

#include <stdint.h>

#include <atomic>
#include <optional>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/first_error.h"

namespace nvresume {

class SlotRing {
 public:
  /// `memory` holds slot_count slots of slot_bytes. Chunks are numbered from `first_chunk`.
  SlotRing(Bytes memory, uint32_t slot_count, uint64_t slot_bytes, uint64_t first_chunk);

  uint32_t slot_count() const { return static_cast<uint32_t>(states_.size()); }
  uint32_t slot_number(uint64_t chunk) const { return static_cast<uint32_t>(chunk % slot_count()); }
  Bytes slot(uint64_t chunk) const;
  /// The next chunk no worker has yet; nothing behind the end or after an error. Waits only for the
  /// end to be known: a claimed chunk may still be empty.
  std::optional<uint64_t> claim();
  [[nodiscard]] bool wait_empty(uint64_t chunk);
  void publish(uint64_t chunk);
  [[nodiscard]] bool wait_filled(uint64_t chunk);
  void release(uint64_t chunk);
  /// The stream thread's waits: where the slot is not ready, until half the ring behind it is. One
  /// sleep and one wake-up for several chunks; the workers have the other half meanwhile.
  [[nodiscard]] bool wait_half_empty(uint64_t chunk);
  [[nodiscard]] bool wait_half_filled(uint64_t chunk);
  /// There will be no chunk `end` or higher.
  void set_end(uint64_t end);

  void fail(Error error);
  /// The first error, or ok. REQUIRES: every thread that might fail was joined.
  Status status() const { return error_.status(); }

 private:
  using State = std::atomic<uint32_t>;
  bool is_ready(uint64_t chunk, bool filled) const;
  bool wait_for(uint64_t chunk, bool filled);
  bool wait_half(uint64_t chunk, bool filled);
  uint32_t wanted_state(uint64_t chunk, bool filled) const;
  void nudge(uint32_t flag);
  State& state_of(uint64_t chunk) { return states_[slot_number(chunk)]; }

  Bytes memory_;
  uint64_t slot_bytes_;
  uint64_t first_round_;
  std::vector<State> states_;
  std::atomic<uint64_t> next_;
  std::atomic<uint64_t> end_ = UINT64_MAX;
  std::atomic<bool> failed_ = false;
  FirstError error_;
};

}  // namespace nvresume
