// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/contest.h"

#include <string.h>

#include <algorithm>

#include "resume/phase_clock.h"

namespace nvresume::bench {
namespace {

double seconds_of(clockid_t clock) { return static_cast<double>(clock_ns(clock)) / 1e9; }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double median_ratio(const std::vector<Seconds>& ideal, const std::vector<Seconds>& ours,
                    double Seconds::*which) {
  std::vector<double> ratios;
  for (size_t round = 0; round < ours.size(); ++round)
    ratios.push_back(ideal[round].*which / ours[round].*which);
  return median(std::move(ratios));
}

Error wrong_bytes(Rival rival) {
  return Error(Reason::kVerifyFailed, kRivalNames[rival]).with(": wrong bytes");
}

}  // namespace

Contest::Contest(const Stream& stream, Direction direction, const SaveSettings& settings)
    : stream_(stream), direction_(direction), settings_(settings), sink_(stream.bytes.size()) {
  const bool is_raw = *settings.encoding == EncodingChoice::kRaw;
  const std::array<Bare::MakeCodec, kRivalCount> codecs = {
      nullptr, is_raw ? Bare::MakeCodec(make_copy) : [this] { return make_zstd(settings_.level); },
      nullptr, make_lz4, make_lzo};
  for (const Rival rival : {kOurs, kIdeal, kMemcpy, kLz4, kLzo}) {
    if (!takes_part(rival)) continue;
    nvm_[rival] = std::make_unique<Arena>(image_area_bytes(stream.bytes.size()));
    if (!codecs[rival]) continue;
    bare_[rival] = std::make_unique<Bare>(codecs[rival], settings.worker_count,
                                          settings.chunk_pages * uint64_t{kPageBytes}, is_raw);
  }
  ours_ = std::make_unique<Pipelines>(nvm_of(kOurs), settings);
}

/// lz4 and lzo1x have no raw encoding to be beside.
bool Contest::takes_part(Rival rival) const {
  return *settings_.encoding == EncodingChoice::kZstd || (rival != kLz4 && rival != kLzo);
}

Status Contest::round(uint64_t number) {
  if (direction_ == Direction::kLoad && number == 0) NVRESUME_TRY(save_once());
  for (size_t turn = 0; turn < kRivalCount; ++turn) {
    const auto rival = static_cast<Rival>((number + turn) % kRivalCount);
    if (!takes_part(rival)) continue;
    NVRESUME_TRY(prepare(rival));
    const Seconds start{seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
    Status done = run(rival);
    times_[rival].push_back({seconds_of(CLOCK_MONOTONIC) - start.wall,
                             seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start.cpu});
    NVRESUME_TRY(std::move(done));
    NVRESUME_TRY(check_sink(rival));
  }
  return ok_status();
}

/// What a load loads.
Status Contest::save_once() {
  for (const Rival rival : {kIdeal, kLz4, kLzo})
    if (takes_part(rival) && !bare_[rival]->save(stream_.bytes, nvm_of(rival)))
      return wrong_bytes(rival);
  NVRESUME_TRY(ours_->prepare_save());
  NVRESUME_TRY(ours_->save(stream_.bytes));
  return ours_->finish_save();
}

Status Contest::prepare(Rival rival) {
  if (direction_ == Direction::kLoad) memset(sink_.bytes().data(), 0xa5, sink_.bytes().size());
  if (rival != kOurs) return ok_status();
  return direction_ == Direction::kSave ? ours_->prepare_save() : ours_->prepare_load();
}

Status Contest::run(Rival rival) {
  if (rival == kOurs) return run_ours();
  if (rival == kMemcpy)
    copy_in_parallel(stream_.bytes, sink_.bytes(), settings_.worker_count);
  else if (!run_bare(rival))
    return wrong_bytes(rival);
  return ok_status();
}

Status Contest::run_ours() {
  return direction_ == Direction::kSave ? ours_->save(stream_.bytes) : ours_->load(sink_.bytes());
}

bool Contest::run_bare(Rival rival) {
  return direction_ == Direction::kSave ? bare_[rival]->save(stream_.bytes, nvm_of(rival))
                                        : bare_[rival]->load(nvm_of(rival), sink_.bytes());
}

/// Ours is checked after a save too, by loading what it stored: its own read-back compares with its
/// own checksums only.
Status Contest::check_sink(Rival rival) const {
  if (direction_ == Direction::kSave) {
    if (rival != kOurs) return ok_status();
    NVRESUME_TRY(ours_->finish_save());
    NVRESUME_TRY(ours_->prepare_load());
    memset(sink_.bytes().data(), 0xa5, sink_.bytes().size());
    NVRESUME_TRY(ours_->load(sink_.bytes()));
  }
  if (memcmp(sink_.bytes().data(), stream_.bytes.data(), stream_.bytes.size()) == 0)
    return ok_status();
  return wrong_bytes(rival);
}

double Contest::wall_ratio() const {
  return median_ratio(times_[kIdeal], times_[kOurs], &Seconds::wall);
}

double Contest::cpu_ratio() const {
  return median_ratio(times_[kIdeal], times_[kOurs], &Seconds::cpu);
}

double Contest::median_wall_s(Rival rival) const {
  std::vector<double> walls;
  for (const Seconds& time : times_[rival]) walls.push_back(time.wall);
  return median(std::move(walls));
}

double Contest::stored_share() const {
  return static_cast<double>(ours_->stored_bytes()) / static_cast<double>(stream_.bytes.size());
}

}  // namespace nvresume::bench
