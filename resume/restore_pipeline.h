// SPDX-License-Identifier: GPL-2.0-or-later
// restore_pipeline.h: the image slot back into the kernel's snapshot memory.
//
//   NVM ─ workers: verify, decode ─▶ slots ─ one thread, in order ─▶ /dev/snapshot
//
// Header pages and the first data chunk go first, by one thread: the first data write makes the
// kernel allocate memory for the whole image at once, and it checks the header pages as they
// arrive, before anything is consumed.
//
// Between the NVM and the kernel a page is copied as seldom as can be: a raw frame is read into its
// slot and handed over from there; a compressed one is decoded into its slot; a same-filled page is
// never written anywhere before the kernel does it.
#pragma once

#include <stdint.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "image/chunk_index.h"
#include "image/codec.h"
#include "resume/console.h"
#include "resume/image_slot.h"
#include "resume/locked_memory.h"
#include "resume/slot_ring.h"
#include "resume/snapshot_device.h"
#include "resume/worker_team.h"

namespace nvresume {

class RestorePipeline {
 public:
  /// Reads and checks the index and allocates everything, bounded by slots x chunk.
  static Result<std::unique_ptr<RestorePipeline>> prepare(const ImageSlot& slot,
                                                          const Superblock& superblock,
                                                          uint32_t worker_count);

  /// Hands the whole stream over. When it returns, every byte was verified and no thread runs.
  /// Errors: kChunkCorrupt naming the chunk, kKernelRefused naming the page, kStreamCorrupt,
  /// kIoError.
  Status load(SnapshotDevice& device, Console* console);

  uint64_t raw_bytes() const { return total_pages() * kPageBytes; }
  uint64_t stored_bytes() const { return header().stored_bytes; }
  /// Of load(): the time inside write() to /dev/snapshot.
  uint64_t device_ns() const { return device_ns_; }

 private:
  struct Worker {
    std::optional<FrameDecoder> decoder;
    Bytes frame;
  };

  RestorePipeline(const ImageSlot& slot, LockedMemory index, WorkerTeam team)
      : slot_(slot), index_(std::move(index)), team_(std::move(team)) {}
  const ChunkIndexHeader& header() const {
    return *reinterpret_cast<const ChunkIndexHeader*>(index_.bytes().data());
  }
  const ChunkEntry& entry(uint64_t chunk) const {
    return reinterpret_cast<const ChunkEntry*>(index_.bytes().data() +
                                               sizeof(ChunkIndexHeader))[chunk];
  }
  uint64_t total_pages() const { return header().header_pages + header().data_pages; }
  /// Chunks the leading thread hands over alone.
  uint64_t lead_chunks() const { return header().header_chunk_count + 1; }

  Status check(const Superblock& superblock) const;
  uint64_t largest_chunk_bytes() const;
  Status allocate();
  Status lead(SnapshotDevice& device);
  Status follow(SnapshotDevice& device, Console* console);
  Status write_in_order(SnapshotDevice& device, Console* console);
  Status check_lead(FramePages pages) const;
  Status write_chunk(SnapshotDevice& device, uint64_t chunk, FramePages pages);
  Status write_pages(SnapshotDevice& device, uint64_t chunk, FramePages& pages);
  void fill_with(uint64_t value);
  Status write_batch(SnapshotDevice& device, uint64_t chunk, std::span<const uint8_t* const> batch);
  Error write_error(uint64_t chunk, const Result<uint32_t>& taken) const;
  Status finish(SnapshotDevice& device);
  static void decode_chunks(void* self, uint32_t worker);
  Result<FramePages> decode_chunk(Worker& worker, uint64_t chunk, Bytes slot);

  ImageSlot slot_;
  LockedMemory index_;
  WorkerTeam team_;
  LockedMemory memory_;
  Bytes lead_slot_;
  Bytes fill_page_;
  uint64_t fill_value_ = 0;  ///< what fill_page_ is full of
  std::array<Worker, kWorkerCountMaximum> workers_;
  std::optional<SlotRing> ring_;
  std::vector<FramePages> slot_pages_;  ///< one a slot, valid while it is filled
  uint64_t page_ = 0;                   ///< next page of the stream
  uint64_t device_ns_ = 0;
};

}  // namespace nvresume
