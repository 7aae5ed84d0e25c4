// SPDX-License-Identifier: GPL-2.0-or-later
// decode_team.h: verifies and decodes chunks on all processors at once. Processors that firmware
// cannot start are simply not used.
#pragma once

#include <stdint.h>

#include <atomic>
#include <span>

#include "efi/mp_services.h"
#include "efi/owned_memory.h"
#include "image/codec.h"

namespace nvresume::efi {

/// More decode no faster: NVM reads peak at 17 threads (published for Optane).
inline constexpr uint32_t kDecoderMaximum = 16;

/// What is decoded. `targets` are the pages of chunks [first_chunk, entries.size()), in order.
struct DecodeJob {
  const uint8_t* slot;
  uint64_t slot_bytes;
  std::span<const ChunkEntry> entries;
  uint32_t first_chunk;
  std::span<const uint64_t> targets;
  /// First target of each chunk: chunks may be of any size.
  std::span<const uint64_t> first_targets;
};

class DecodeTeam {
 public:
  /// Memory for `processors` decoders. Error: kNoSafeMemory.
  static Status prepare(DecodeTeam& team, OwnedMemory& memory, uint32_t processors);

  /// Called by the first processor between two chunks. An error ends the job.
  class Watcher {
   public:
    virtual Status look(uint64_t chunks_done, uint64_t chunk_count) = 0;

   protected:
    ~Watcher() = default;
  };

  /// Returns when no processor works any more. `services` may be null: one processor.
  /// Error: the first one any processor met.
  Status run(EFI_BOOT_SERVICES& boot_services, EFI_MP_SERVICES_PROTOCOL* services,
             const DecodeJob& job, Watcher& watcher);
  /// Control goes back to firmware after all: it gets its processors and its event back. Not needed
  /// before the jump, where it would cost the 100 ms after which firmware looks.
  void dismiss(EFI_BOOT_SERVICES& boot_services);
  uint32_t processors() const { return processors_; }
  /// Lent while no job runs.
  Bytes scratch() const { return workers_[0].scratch; }
  Bytes workspace() const { return workers_[0].workspace; }

 private:
  struct Worker {
    Bytes scratch;
    Bytes workspace;
  };
  static void EFIAPI work_on_other(void* team);
  void work(Worker& worker, Watcher* watcher);
  Status decode(FrameDecoder& decoder, const Worker& worker, uint32_t chunk);
  void fail(const Error& error);

  Worker workers_[kDecoderMaximum] = {};
  uint32_t processors_ = 0;
  EFI_EVENT all_idle_ = nullptr;
  bool started_ = false;  ///< the other processors
  const DecodeJob* job_ = nullptr;
  std::atomic<uint32_t> next_chunk_{0};
  std::atomic<uint32_t> chunks_done_{0};
  std::atomic<uint32_t> next_worker_{0};
  std::atomic<uint32_t> others_done_{0};
  std::atomic<uint32_t> failed_{0};
  std::atomic<uint32_t> error_set_{0};
  Error error_{Reason::kNone};
};

}  // namespace nvresume::efi
