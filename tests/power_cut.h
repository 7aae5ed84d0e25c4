// SPDX-License-Identifier: GPL-2.0-or-later
// power_cut.h: replays a StoreLog up to every event and loses power there. What a flush of its
// device covered is on the medium; of the rest any aligned 8-byte unit may or may not be.
#pragma once

#include <functional>
#include <random>
#include <vector>

#include "tests/fake_nvm.h"

namespace nvresume {

/// What is left on the devices, and how many StoreLog::mark() had been passed.
struct CutState {
  std::vector<FakeNvm>& devices;
  size_t marks_passed;
  size_t event_count;
};

class PowerCuts {
 public:
  /// Up to kExhaustiveUnits lost-or-not units every combination is tried, beyond them
  /// kRandomStates. The sanitized variants look for something else and run ten times as long: the
  /// small form.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr size_t kExhaustiveUnits = 4;
  static constexpr size_t kRandomStates = 15;
#else
  static constexpr size_t kExhaustiveUnits = 12;  // 4096 states a cut
  static constexpr size_t kRandomStates = 64;
#endif

  /// `before`: the devices as they were when the recording began.
  PowerCuts(std::vector<FakeNvm> before, const StoreLog& log, uint64_t seed,
            size_t exhaustive_units = kExhaustiveUnits)
      : durable_(std::move(before)), log_(log), random_(seed), exhaustive_units_(exhaustive_units) {
    for (FakeNvm& device : durable_) device.stop_recording();
  }

  /// Calls `check` with every state a cut can leave. Returns how many there were.
  size_t for_each(const std::function<void(const CutState&)>& check) {
    emit_all(check);
    for (const StoreLog::Event& event : log_.events) {
      passed_++;
      if (event.kind == StoreLog::Kind::kMark) marks_++;
      if (event.kind == StoreLog::Kind::kFlush) settle(event.device);
      if (event.kind == StoreLog::Kind::kStore) add(event);
      emit_all(check);
    }
    return state_count_;
  }

 private:
  static constexpr size_t kUnitBytes = 8;
  struct Unit {
    size_t device;
    uint64_t offset_bytes;
    const uint8_t* bytes;
  };

  void add(const StoreLog::Event& event) {
    for (size_t at = 0; at < event.bytes.size(); at += kUnitBytes) {
      const Unit unit{event.device, event.offset_bytes + at, event.bytes.data() + at};
      if (changes_something(unit)) pending_.push_back(unit);
    }
  }

  /// A unit that was already so, whatever became of earlier ones, cannot be lost.
  bool changes_something(const Unit& unit) const {
    const uint8_t* there =
        durable_[unit.device].block(unit.offset_bytes) + unit.offset_bytes % kBlockBytes;
    if (memcmp(there, unit.bytes, kUnitBytes) != 0) return true;
    for (const Unit& earlier : pending_) {
      if (earlier.device == unit.device && earlier.offset_bytes == unit.offset_bytes) return true;
    }
    return false;
  }

  void settle(size_t device) {
    std::vector<Unit> rest;
    for (const Unit& unit : pending_) {
      if (unit.device == device)
        durable_[device].put(unit.offset_bytes, {unit.bytes, kUnitBytes});
      else
        rest.push_back(unit);
    }
    pending_ = std::move(rest);
  }

  void emit_all(const std::function<void(const CutState&)>& check) {
    const size_t count = pending_.size();
    if (count <= exhaustive_units_) {
      for (uint64_t mask = 0; mask < (uint64_t{1} << count); mask++)
        emit(check, [mask](size_t i) { return (mask >> i) & 1; });
      return;
    }
    emit(check, [](size_t) { return false; });
    emit(check, [](size_t) { return true; });
    for (size_t state = 0; state < kRandomStates; state++) {
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
  size_t exhaustive_units_;
  std::vector<Unit> pending_;
  size_t passed_ = 0;
  size_t marks_ = 0;
  size_t state_count_ = 0;
};

}  // namespace nvresume
