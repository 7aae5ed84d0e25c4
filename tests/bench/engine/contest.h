// SPDX-License-Identifier: GPL-2.0-or-later
// contest.h: one stream, one way of storing it; the pipelines and their rivals take turns, round by
// round, so that whatever else the machine does meets all of them.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "tests/bench/engine/bare.h"
#include "tests/bench/engine/pipelines.h"
#include "tests/bench/engine/streams.h"

namespace nvresume::bench {

enum class Direction : uint8_t { kSave, kLoad };

/// kIdeal: raw, the same passes unordered; zstd, the bare codec with the same hash and read-back.
enum Rival : size_t { kOurs, kIdeal, kMemcpy, kLz4, kLzo, kRivalCount };
inline constexpr std::array<const char*, kRivalCount> kRivalNames = {"nvresume", "ideal", "memcpy",
                                                                     "lz4", "lzo1x"};

struct Seconds {
  double wall = 0;
  double cpu = 0;  ///< of all threads: what stays true while other programs run
};

class Contest {
 public:
  Contest(const Stream& stream, Direction direction, const SaveSettings& settings);

  /// Everybody once, in an order that turns with `number`. Error: wrong bytes, by name.
  Status round(uint64_t number);
  const std::vector<Seconds>& times(Rival rival) const { return times_[rival]; }
  /// The median over the rounds of the ideal's time by ours.
  double wall_ratio() const;
  double cpu_ratio() const;
  double median_wall_s(Rival rival) const;
  double stored_share() const;

 private:
  bool takes_part(Rival rival) const;
  Status save_once();
  Status prepare(Rival rival);
  Status run(Rival rival);
  Status run_ours();
  bool run_bare(Rival rival);
  Status check_sink(Rival rival) const;
  Bytes nvm_of(Rival rival) { return nvm_[rival]->bytes(); }

  const Stream& stream_;
  Direction direction_;
  SaveSettings settings_;
  Arena sink_;
  std::array<std::unique_ptr<Arena>, kRivalCount> nvm_;
  std::array<std::unique_ptr<Bare>, kRivalCount> bare_;
  std::unique_ptr<Pipelines> ours_;
  std::array<std::vector<Seconds>, kRivalCount> times_;
};

}  // namespace nvresume::bench
