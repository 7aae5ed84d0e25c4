// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/slot_ring.h"

namespace nvresume {

SlotRing::SlotRing(Bytes memory, uint32_t slot_count, uint64_t slot_bytes, uint64_t first_chunk)
    : memory_(memory), slot_bytes_(slot_bytes), slots_(slot_count), next_(first_chunk) {
  for (uint64_t chunk = first_chunk; chunk < first_chunk + slot_count; ++chunk)
    slot_of(chunk) = Slot{chunk, false};
}

Bytes SlotRing::slot(uint64_t chunk) const {
  return memory_.subspan(chunk % slots_.size() * slot_bytes_, slot_bytes_);
}

std::optional<uint64_t> SlotRing::claim() {
  const std::lock_guard lock(mutex_);
  if (error_ || next_ >= end_) return std::nullopt;
  return next_++;
}

bool SlotRing::wait_for(uint64_t chunk, bool filled, std::condition_variable& changed) {
  std::unique_lock lock(mutex_);
  const Slot& slot = slot_of(chunk);
  changed.wait(lock, [&] {
    return error_ || chunk >= end_ || (slot.chunk == chunk && slot.filled == filled);
  });
  return !error_ && chunk < end_;
}

bool SlotRing::wait_empty(uint64_t chunk) { return wait_for(chunk, false, emptied_); }
bool SlotRing::wait_filled(uint64_t chunk) { return wait_for(chunk, true, filled_); }

void SlotRing::publish(uint64_t chunk) {
  {
    const std::lock_guard lock(mutex_);
    slot_of(chunk).filled = true;
  }
  filled_.notify_all();
}

void SlotRing::release(uint64_t chunk) {
  {
    const std::lock_guard lock(mutex_);
    slot_of(chunk) = Slot{chunk + slots_.size(), false};
  }
  emptied_.notify_all();
}

void SlotRing::set_end(uint64_t end) {
  {
    const std::lock_guard lock(mutex_);
    end_ = end;
  }
  filled_.notify_all();
}

void SlotRing::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!error_) error_.emplace(std::move(error));
  }
  filled_.notify_all();
  emptied_.notify_all();
}

Status SlotRing::status() {
  const std::lock_guard lock(mutex_);
  if (error_) return Error(*error_);
  return ok_status();
}

}  // namespace nvresume
