// SPDX-License-Identifier: GPL-2.0-or-later
// power_cut.h: replays a StoreLog up to every event and loses power there. What a flush of its
// device covered is on the medium; of the rest any aligned 8-byte unit may or may not be.
#pragma once

#include <functional>
#include <random>
#include <unordered_set>
#include <vector>

#include "tests/fake_nvm.h"

namespace nvresume {

/// What is left on the devices, and how many StoreLog::mark() had been passed.
struct CutState {
  std::vector<FakeNvm>& devices;
  size_t marks_passed;
  size_t event_count;
};

/// Up to `exhaustive_units` lost-or-not units every combination is tried, beyond them
/// `random_states`.
struct CutDepth {
  size_t exhaustive_units;
  size_t random_states;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
/// The sanitized variants look for something else and run ten times as long: the small form.
inline constexpr CutDepth kCutDepth = kSanitized ? CutDepth{4, 15} : CutDepth{12, 64};

class PowerCuts {
 public:
  /// `before`: the devices as they were when the recording began.
  PowerCuts(std::vector<FakeNvm> before, const StoreLog& log, uint64_t seed,
            CutDepth depth = kCutDepth)
      : durable_(std::move(before)), log_(log), random_(seed), depth_(depth) {
    for (FakeNvm& device : durable_) device.stop_recording();
  }

  /// Calls `check` with every state a cut can leave. Returns how many there were: a cut behind an
  /// event that changes neither the medium nor a promise is none of its own.
  size_t for_each(const std::function<void(const CutState&)>& check) {
    emit_all(check);
    for (const StoreLog::Event& event : log_.events) {
      passed_++;
      if (apply(event)) emit_all(check);
    }
    return state_count_;
  }
  size_t cut_count() const { return cut_count_; }

 private:
  static constexpr size_t kUnitBytes = 8;
  struct Unit {
    size_t device;
    uint64_t offset_bytes;
    const uint8_t* bytes;
    /// Alike for the same place, different for two.
    uint64_t place() const { return offset_bytes * 8 + device; }
  };

  /// False: whatever could be lost before can be lost now, and nothing else.
  bool apply(const StoreLog::Event& event) {
    if (event.kind == StoreLog::Kind::kMark) {
      marks_++;
      return true;
    }
    if (event.kind == StoreLog::Kind::kFlush) {
      settle(event.device);
      return false;
    }
    const size_t before = pending_.size();
    add(event);
    return pending_.size() != before;
  }

  void add(const StoreLog::Event& event) {
    for (size_t block = 0; block < event.bytes.size(); block += kBlockBytes) {
      const uint64_t offset_bytes = event.offset_bytes + block;
      const uint8_t* bytes = event.bytes.data() + block;
      if (pending_.empty() &&
          memcmp(durable_[event.device].block(offset_bytes), bytes, kBlockBytes) == 0)
        continue;
      for (size_t at = 0; at < kBlockBytes; at += kUnitBytes)
        add(Unit{event.device, offset_bytes + at, bytes + at});
    }
  }

  /// A unit that was already so, whatever became of earlier ones, cannot be lost.
  void add(const Unit& unit) {
    const uint8_t* there =
        durable_[unit.device].block(unit.offset_bytes) + unit.offset_bytes % kBlockBytes;
    if (memcmp(there, unit.bytes, kUnitBytes) == 0 && !pending_places_.contains(unit.place()))
      return;
    pending_.push_back(unit);
    pending_places_.insert(unit.place());
  }

  void settle(size_t device) {
    std::vector<Unit> rest;
    for (const Unit& unit : pending_) {
      if (unit.device != device) {
        rest.push_back(unit);
        continue;
      }
      durable_[device].put(unit.offset_bytes, {unit.bytes, kUnitBytes});
      pending_places_.erase(unit.place());
    }
    pending_ = std::move(rest);
  }

  void emit_all(const std::function<void(const CutState&)>& check) {
    cut_count_++;
    const size_t count = pending_.size();
    if (count <= depth_.exhaustive_units) {
      for (uint64_t mask = 0; mask < (uint64_t{1} << count); mask++)
        emit(check, [mask](size_t i) { return (mask >> i) & 1; });
      return;
    }
    emit(check, [](size_t) { return false; });
    emit(check, [](size_t) { return true; });
    for (size_t state = 0; state < depth_.random_states; state++) {
      const size_t edge = random_() % count;
      // In turn: all up to a point, all from a point, all but one, one alone, a coin for each.
      switch (state % 5) {
        case 0:
          emit(check, [edge](size_t i) { return i <= edge; });
          break;
        case 1:
          emit(check, [edge](size_t i) { return i >= edge; });
          break;
        case 2:
          emit(check, [edge](size_t i) { return i != edge; });
          break;
        case 3:
          emit(check, [edge](size_t i) { return i == edge; });
          break;
        default:
          emit(check, [this](size_t) { return (random_() & 1) != 0; });
      }
    }
  }

  template <typename Arrived>
  void emit(const std::function<void(const CutState&)>& check, Arrived arrived) {
    std::vector<FakeNvm> devices = durable_;
    for (size_t i = 0; i < pending_.size(); i++) {
      const Unit& unit = pending_[i];
      if (arrived(i)) devices[unit.device].put(unit.offset_bytes, {unit.bytes, kUnitBytes});
    }
    state_count_++;
    check(CutState{devices, marks_, passed_});
  }

  std::vector<FakeNvm> durable_;
  const StoreLog& log_;
  std::mt19937_64 random_;
  CutDepth depth_;
  std::vector<Unit> pending_;
  std::unordered_set<uint64_t> pending_places_;
  size_t passed_ = 0;
  size_t marks_ = 0;
  size_t state_count_ = 0;
  size_t cut_count_ = 0;
};

}  // namespace nvresume
