// SPDX-License-Identifier: GPL-2.0-or-later
// save_pipeline.h: the snapshot stream into the image slot.
//
//   /dev/snapshot ─ one thread, a page a call ─▶ slots ─ workers: encode, write ─▶ NVM
//
// Chunks land in the order their encoding ends; the index keeps the stream's order. Then every
// stored frame is read back and its checksum verified: an image is committed only if the NVM
// returns what was stored.
#pragma once

#include <stdint.h>

#include <atomic>
#include <memory>
#include <optional>
#include <span>

#include "image/chunk_index.h"
#include "image/codec.h"
#include "image/snapshot_header.h"
#include "resume/console.h"
#include "resume/first_error.h"
#include "resume/frozen_userspace.h"
#include "resume/image_slot.h"
#include "resume/locked_memory.h"
#include "resume/save_plan.h"
#include "resume/save_settings.h"
#include "resume/slot_ring.h"
#include "resume/worker_team.h"

namespace nvresume {

class SavePipeline {
 public:
  /// Before the freeze: everything is allocated and locked here, for the largest image the slot
  /// holds.
  static Result<std::unique_ptr<SavePipeline>> prepare(const ImageSlot& slot,
                                                       const SaveSettings& settings);

  /// Measures where the settings leave the encoding open. Stores to the slot: what it held must be
  /// given up already, and programs still run.
  Status choose_encoding();
  /// After CREATE_IMAGE: reads the stream, stores every frame, flushes. `console` may be null.
  Status store(SnapshotDevice& device, const FrozenUserspace& frozen, Console* console);
  /// Reads every stored frame back. Error: kVerifyFailed naming the chunk.
  Status verify(const FrozenUserspace& frozen);
  /// Stores the index at `offset_bytes` of the slot, behind what is stored already. Not flushed.
  Result<Extent> store_index(uint64_t offset_bytes, const uint8_t image_id[16]);

  /// Reads index and metadata record back and compares them with what was stored.
  Status verify_records(const Extent& index, const Extent& metadata, ConstBytes metadata_record);

  /// The most the frames may take: what an incompressible snapshot may have.
  uint64_t capacity_bytes() const { return frames_limit_bytes_; }
  uint64_t same_filled_pages() const;
  uint64_t raw_bytes() const { return counts_.total() * kPageBytes; }
  /// First slot offset behind the frames.
  uint64_t frames_end_bytes() const { return frames_end_bytes_.load(); }
  uint32_t worker_count() const { return team_.worker_count(); }
  /// Of store(): the time inside read() of /dev/snapshot.
  uint64_t device_ns() const { return device_ns_; }
  /// REQUIRES: store() has begun.
  EncodingChoice encoding() const { return encoding_; }

 private:
  struct Worker {
    std::optional<FrameEncoder> encoder;
    Bytes frame;
    Bytes scratch;
  };

  SavePipeline(const ImageSlot& slot, const SaveSettings& settings, const SavePlan& plan,
               WorkerTeam team)
      : slot_(slot), settings_(settings), plan_(plan), team_(std::move(team)) {}
  Status allocate();
  Status prepare_worker(Worker& worker);
  ConstBytes index_record() const;
  std::span<ChunkEntry> entries() const { return entries_.first(chunk_count_); }

  Status read_stream(SnapshotDevice& device, Console* console);
  Result<uint64_t> read_chunk(SnapshotDevice& device, uint64_t chunk, uint64_t first);
  Result<uint64_t> read_pages(SnapshotDevice& device, Bytes pages, uint64_t first);
  Status read_run(SnapshotDevice& device, uint64_t page, Bytes out);
  Status begin_stream(ConstBytes first_page);
  void use(EncodingChoice encoding);
  uint32_t storing_workers() const;
  Status check_end(SnapshotDevice& device);
  static void store_chunks(void* self, uint32_t worker);
  Status store_chunk(Worker& worker, uint64_t chunk);
  Status store_frame(uint64_t chunk, ConstBytes frame);
  static void verify_chunks(void* self, uint32_t worker);
  Status verify_chunk(Worker& worker, uint64_t chunk);
  void fill_index_header(const uint8_t image_id[16]);

  ImageSlot slot_;
  SaveSettings settings_;
  SavePlan plan_;
  WorkerTeam team_;
  LockedMemory memory_;
  Bytes spare_page_;
  ChunkIndexHeader* index_header_ = nullptr;
  std::span<ChunkEntry> entries_;  ///< one for every chunk the largest image has
  std::array<Worker, kWorkerCountMaximum> workers_;
  std::optional<SlotRing> ring_;

  StreamCounts counts_{};
  EncodingChoice encoding_ = EncodingChoice::kZstd;
  uint32_t header_chunk_count_ = 0;
  uint32_t chunk_count_ = 0;
  uint64_t frames_limit_bytes_ = 0;  ///< keeps room for metadata and index
  std::atomic<uint64_t> frames_end_bytes_ = 0;
  std::atomic<uint64_t> next_verified_ = 0;
  uint64_t device_ns_ = 0;
  FirstError verify_error_;
};

}  // namespace nvresume
