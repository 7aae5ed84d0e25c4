// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/encoding_trial.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "image/media.h"
#include "resume/locked_memory.h"
#include "resume/phase_clock.h"
#include "resume/save_settings.h"
#include "resume/system_error.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint64_t kSampleBytes = kChunkPagesDefault * uint64_t{kPageBytes};
/// Interleaved; the shortest counts, since other programs still run and only ever add time.
constexpr int kRounds = 5;

class Trial {
 public:
  static Result<Trial> prepare(const ImageSlot& slot, int level);
  Result<uint64_t> round_trip_ns(EncodingChoice choice);

 private:
  Trial(const ImageSlot& slot, LockedMemory memory)
      : slot_(slot), memory_(std::move(memory)), sample_(memory_.cut(kSampleBytes)) {
    for (Bytes* buffer : {&pages_, &frame_, &scratch_}) *buffer = memory_.cut(kSampleBytes);
  }
  Status read_sample();
  Status create_codec(int level);
  Status round_trip();

  ImageSlot slot_;
  LockedMemory memory_;
  Bytes sample_, pages_, frame_, scratch_;
  std::optional<FrameEncoder> encoder_;
  std::optional<FrameDecoder> decoder_;
};

Result<Trial> Trial::prepare(const ImageSlot& slot, int level) {
  const uint64_t codec_bytes = whole_blocks(FrameEncoder::workspace_bytes(level)) +
                               whole_blocks(FrameDecoder::workspace_bytes());
  NVRESUME_ASSIGN(LockedMemory memory,
                  LockedMemory::map(kSampleBytes + 3 * kSampleBytes + codec_bytes));
  Trial trial(slot, std::move(memory));
  NVRESUME_TRY(trial.read_sample());
  NVRESUME_TRY(trial.create_codec(level));
  return trial;
}

Status Trial::read_sample() {
  const UniqueFd program(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!program.open()) return system_error(Reason::kInternal, "open", "/proc/self/exe");
  // What a program shorter than the sample leaves zero would only make the sample compress better.
  if (::pread(program.get(), sample_.data(), sample_.size(), 0) < 0)
    return system_error(Reason::kInternal, "read", "/proc/self/exe");
  return ok_status();
}

Status Trial::create_codec(int level) {
  NVRESUME_ASSIGN(FrameEncoder encoder,
                  FrameEncoder::create(memory_.cut(FrameEncoder::workspace_bytes(level)), level,
                                       EncodingChoice::kZstd));
  encoder_.emplace(encoder);
  NVRESUME_ASSIGN(FrameDecoder decoder,
                  FrameDecoder::create(memory_.cut(FrameDecoder::workspace_bytes())));
  decoder_.emplace(decoder);
  return ok_status();
}

/// As a chunk goes: encoded, stored, read back and checked; at the restore read and decoded.
Status Trial::round_trip() {
  ChunkEntry entry{};
  NVRESUME_ASSIGN(const ConstBytes made, encoder_->make_frame(sample_, frame_, scratch_, entry));
  NVRESUME_TRY(slot_.write(0, made));
  const Bytes stored = frame_.first(made.size());
  NVRESUME_TRY(slot_.read(0, stored));
  NVRESUME_TRY(verify_frame(entry, stored, 0, 1));
  NVRESUME_TRY(slot_.read(0, stored));
  NVRESUME_TRY(decoder_->unpack(entry, stored, pages_, 0, 1));
  return ok_status();
}

Result<uint64_t> Trial::round_trip_ns(EncodingChoice choice) {
  encoder_->set_choice(choice);
  const uint64_t start_ns = clock_ns();
  NVRESUME_TRY(round_trip());
  return clock_ns() - start_ns;
}

}  // namespace

Result<EncodingChoice> faster_encoding(const ImageSlot& slot, int level) {
  NVRESUME_ASSIGN(Trial trial, Trial::prepare(slot, level));
  uint64_t raw_ns = UINT64_MAX, zstd_ns = UINT64_MAX;
  for (int round = 0; round < kRounds; ++round) {
    NVRESUME_ASSIGN(const uint64_t raw_round_ns, trial.round_trip_ns(EncodingChoice::kRaw));
    NVRESUME_ASSIGN(const uint64_t zstd_round_ns, trial.round_trip_ns(EncodingChoice::kZstd));
    raw_ns = std::min(raw_ns, raw_round_ns);
    zstd_ns = std::min(zstd_ns, zstd_round_ns);
  }
  return raw_ns <= zstd_ns ? EncodingChoice::kRaw : EncodingChoice::kZstd;
}

}  // namespace nvresume
