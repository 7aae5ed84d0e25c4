// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/slot_ring.h"

#include <algorithm>

namespace nvresume {
namespace {

/// A slot's word: how often it was released, whether it is filled, and two flags whose only use is
/// that the word changes, which ends every wait for it.
constexpr uint32_t kFilled = 1;
constexpr uint32_t kEndKnown = 2;
constexpr uint32_t kFailed = 4;
constexpr uint32_t kRound = 8;

}  // namespace

SlotRing::SlotRing(Bytes memory, uint32_t slot_count, uint64_t slot_bytes, uint64_t first_chunk)
    : memory_(memory),
      slot_bytes_(slot_bytes),
      first_round_(first_chunk / slot_count),
      states_(slot_count),
      next_(first_chunk) {
  // Slots before the first chunk's begin one round later.
  for (uint64_t chunk = first_chunk; chunk < first_chunk + slot_count; ++chunk)
    state_of(chunk).store(wanted_state(chunk, false));
}

Bytes SlotRing::slot(uint64_t chunk) const {
  return memory_.subspan(slot_number(chunk) * slot_bytes_, slot_bytes_);
}

std::optional<uint64_t> SlotRing::claim() {
  if (failed_) return std::nullopt;
  const uint64_t chunk = next_.fetch_add(1);
  if (chunk >= end_) return std::nullopt;
  return chunk;
}

/// Rounds wrap around after 2^29 of them: 2 PiB in the smallest chunks.
uint32_t SlotRing::wanted_state(uint64_t chunk, bool filled) const {
  const auto round = static_cast<uint32_t>(chunk / slot_count() - first_round_);
  return round * kRound + (filled ? kFilled : 0);
}

bool SlotRing::is_ready(uint64_t chunk, bool filled) const {
  const uint32_t state = states_[slot_number(chunk)].load(std::memory_order_acquire);
  return (state & ~(kEndKnown | kFailed)) == wanted_state(chunk, filled);
}

bool SlotRing::wait_for(uint64_t chunk, bool filled) {
  State& state = state_of(chunk);
  for (;;) {
    // Read before the flags: whatever sets one changes the word afterwards, and the wait ends.
    const uint32_t seen = state.load(std::memory_order_acquire);
    if (failed_ || chunk >= end_) return false;
    if ((seen & ~(kEndKnown | kFailed)) == wanted_state(chunk, filled)) return true;
    state.wait(seen, std::memory_order_acquire);
  }
}

bool SlotRing::wait_half(uint64_t chunk, bool filled) {
  if (is_ready(chunk, filled)) return wait_for(chunk, filled);
  const uint64_t half = std::max<uint32_t>(slot_count() / 2, 1);
  const uint64_t last = std::min(chunk + half, end_.load()) - 1;
  return wait_for(last, filled) && wait_for(chunk, filled);
}

bool SlotRing::wait_empty(uint64_t chunk) { return wait_for(chunk, false); }
bool SlotRing::wait_filled(uint64_t chunk) { return wait_for(chunk, true); }
bool SlotRing::wait_half_empty(uint64_t chunk) { return wait_half(chunk, false); }
bool SlotRing::wait_half_filled(uint64_t chunk) { return wait_half(chunk, true); }

void SlotRing::publish(uint64_t chunk) {
  State& state = state_of(chunk);
  state.fetch_or(kFilled, std::memory_order_release);
  state.notify_all();
}

void SlotRing::release(uint64_t chunk) {
  State& state = state_of(chunk);
  state.fetch_add(kRound - kFilled, std::memory_order_release);
  state.notify_all();
}

void SlotRing::nudge(uint32_t flag) {
  for (State& state : states_) {
    state.fetch_or(flag);
    state.notify_all();
  }
}

void SlotRing::set_end(uint64_t end) {
  end_ = end;
  nudge(kEndKnown);
}

void SlotRing::fail(Error error) {
  error_.set(std::move(error));
  failed_ = true;
  nudge(kFailed);
}

}  // namespace nvresume
