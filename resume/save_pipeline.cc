// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/save_pipeline.h"

#include <string.h>

#include <algorithm>

#include "image/extent.h"
#include "image/media.h"
#include "image/metadata.h"
#include "resume/encoding_trial.h"
#include "resume/phase_clock.h"

namespace nvresume {
namespace {

/// More threads than this make stores to NVM slower: published for Optane, 14 GB/s at 4 threads of
/// 6 DIMMs. Raw chunks cost a thread little more than the store, so that one reading /dev/snapshot
/// keeps no more than these busy.
constexpr uint32_t kRawStoresMaximum = 4;

uint64_t chunks_of(uint64_t pages, uint32_t chunk_pages) {
  return (pages + chunk_pages - 1) / chunk_pages;
}

}  // namespace

Result<std::unique_ptr<SavePipeline>> SavePipeline::prepare(const ImageSlot& slot,
                                                            const SaveSettings& settings) {
  const SavePlan plan = plan_save(slot.size_bytes(), settings);
  NVRESUME_ASSIGN(WorkerTeam team, WorkerTeam::prepare(plan.worker_count));
  std::unique_ptr<SavePipeline> pipeline(new SavePipeline(slot, settings, plan, std::move(team)));
  NVRESUME_TRY(pipeline->allocate());
  return pipeline;
}

Status SavePipeline::allocate() {
  const uint64_t reserved_bytes = plan_.index_bytes + kMetadataBytesMaximum;
  if (slot_.size_bytes() <= reserved_bytes)
    return Error(Reason::kNoRoom, "image slot: need more than ")
        .with(reserved_bytes)
        .with(" bytes, have ")
        .with(slot_.size_bytes());
  frames_limit_bytes_ = slot_.size_bytes() - reserved_bytes;

  NVRESUME_ASSIGN(memory_, LockedMemory::map(plan_.memory_bytes()));
  spare_page_ = memory_.cut(kPageBytes);
  const Bytes index = memory_.cut(plan_.index_bytes);
  index_header_ = reinterpret_cast<ChunkIndexHeader*>(index.data());
  entries_ = {reinterpret_cast<ChunkEntry*>(index.data() + sizeof(ChunkIndexHeader)),
              plan_.chunk_limit};
  ring_.emplace(memory_.cut(plan_.slot_count * plan_.chunk_bytes()), plan_.slot_count,
                plan_.chunk_bytes(), 0);
  for (uint32_t i = 0; i < plan_.worker_count; ++i) NVRESUME_TRY(prepare_worker(workers_[i]));
  if (settings_.encoding) use(*settings_.encoding);
  return ok_status();
}

void SavePipeline::use(EncodingChoice encoding) {
  encoding_ = encoding;
  for (Worker& worker : workers_)
    if (worker.encoder) worker.encoder->set_choice(encoding);
}

Status SavePipeline::choose_encoding() {
  if (settings_.encoding) return ok_status();
  NVRESUME_ASSIGN(const EncodingChoice faster, faster_encoding(slot_, settings_.level));
  use(faster);
  return ok_status();
}

Status SavePipeline::prepare_worker(Worker& worker) {
  worker.frame = memory_.cut(plan_.chunk_bytes());
  worker.scratch = memory_.cut(plan_.chunk_bytes());
  const Bytes workspace = memory_.cut(plan_.workspace_bytes);
  NVRESUME_ASSIGN(FrameEncoder encoder,
                  FrameEncoder::create(workspace, settings_.level, encoding_, plan_.chunk_pages));
  worker.encoder.emplace(encoder);
  return ok_status();
}

uint32_t SavePipeline::storing_workers() const {
  return encoding_ == EncodingChoice::kRaw ? std::min(plan_.worker_count, kRawStoresMaximum)
                                           : plan_.worker_count;
}

Status SavePipeline::store(SnapshotDevice& device, const FrozenUserspace&, Console* console) {
  Status started = team_.start(store_chunks, this, storing_workers());
  if (!started.ok())
    ring_->fail(std::move(started.error()));
  else if (Status read = read_stream(device, console); !read.ok())
    ring_->fail(std::move(read.error()));
  team_.join();
  NVRESUME_TRY(ring_->status());
  return slot_.flush();
}

Status SavePipeline::read_stream(SnapshotDevice& device, Console* console) {
  uint64_t page = 0;
  for (uint64_t chunk = 0; chunk == 0 || page < counts_.total(); ++chunk) {
    if (!ring_->wait_half_empty(chunk)) return ok_status();  // a worker failed; the ring has why
    NVRESUME_ASSIGN(page, read_chunk(device, chunk, page));
    ring_->publish(chunk);
    if (console != nullptr)
      console->progress("saving", page * kPageBytes, counts_.total() * kPageBytes);
  }
  ring_->set_end(chunk_count_);
  return check_end(device);
}

/// Reads chunk `chunk`, which begins with page `first` of the stream; returns the page behind it.
Result<uint64_t> SavePipeline::read_chunk(SnapshotDevice& device, uint64_t chunk, uint64_t first) {
  const uint64_t start_ns = clock_ns();  // once a chunk: once a page would be a part of the time
  Result<uint64_t> end = read_pages(device, ring_->slot(chunk), first);
  device_ns_ += clock_ns() - start_ns;
  if (end.ok()) entries_[chunk].raw_bytes = static_cast<uint32_t>((*end - first) * kPageBytes);
  return end;
}

Result<uint64_t> SavePipeline::read_pages(SnapshotDevice& device, Bytes pages, uint64_t first) {
  uint64_t page = first;
  if (first == 0) {  // how long the stream is stands on its first page
    NVRESUME_TRY(read_run(device, page++, pages.first(kPageBytes)));
    NVRESUME_TRY(begin_stream(pages));
  }
  const uint64_t part_end = first < counts_.header_pages ? counts_.header_pages : counts_.total();
  const uint64_t end = std::min(first + plan_.chunk_pages, part_end);
  const Bytes rest = pages.subspan((page - first) * kPageBytes, (end - page) * kPageBytes);
  NVRESUME_TRY(read_run(device, page, rest));
  return end;
}

/// Fills `out` with the stream's next pages, the first of which is number `page`.
Status SavePipeline::read_run(SnapshotDevice& device, uint64_t page, Bytes out) {
  while (!out.empty()) {
    NVRESUME_ASSIGN(const uint32_t got, device.read_pages(out));
    if (got == 0)
      return Error(Reason::kStreamCorrupt, "the snapshot ended at page ")
          .with(page)
          .with(" of ")
          .with(counts_.total());
    page += got;
    out = out.subspan(got * kPageBytes);
  }
  return ok_status();
}

Status SavePipeline::begin_stream(ConstBytes first_page) {
  NVRESUME_ASSIGN(counts_, read_snapshot_header(first_page));
  const uint64_t header_chunks = chunks_of(counts_.header_pages, plan_.chunk_pages);
  const uint64_t chunks = header_chunks + chunks_of(counts_.data_pages, plan_.chunk_pages);
  if (chunks > entries_.size())
    return Error(Reason::kNoRoom, "the snapshot: need ")
        .with(chunks)
        .with(" chunks, have room for ")
        .with(entries_.size());
  // No worker has a chunk yet. Nobody asked for raw, so it gives way where it might not fit.
  if (!settings_.encoding && counts_.total() * kPageBytes > frames_limit_bytes_)
    use(EncodingChoice::kZstd);
  header_chunk_count_ = static_cast<uint32_t>(header_chunks);
  chunk_count_ = static_cast<uint32_t>(chunks);
  return ok_status();
}

Status SavePipeline::check_end(SnapshotDevice& device) {
  NVRESUME_ASSIGN(const uint32_t more, device.read_pages(spare_page_));
  if (more == 0) return ok_status();
  return Error(Reason::kStreamCorrupt, "the snapshot goes on behind its ")
      .with(counts_.total())
      .with(" pages");
}

void SavePipeline::store_chunks(void* self, uint32_t worker) {
  auto& pipeline = *static_cast<SavePipeline*>(self);
  while (const auto chunk = pipeline.ring_->claim()) {
    if (!pipeline.ring_->wait_filled(*chunk)) return;
    Status stored = pipeline.store_chunk(pipeline.workers_[worker], *chunk);
    if (!stored.ok()) return pipeline.ring_->fail(std::move(stored.error()));
  }
}

Status SavePipeline::store_chunk(Worker& worker, uint64_t chunk) {
  ChunkEntry& entry = entries_[chunk];
  const Bytes pages = ring_->slot(chunk).first(entry.raw_bytes);
  NVRESUME_ASSIGN(const ConstBytes frame,
                  worker.encoder->make_frame(pages, worker.frame, worker.scratch, entry));
  const bool frees_slot = frame.data() != pages.data();
  if (frees_slot) ring_->release(chunk);  // the stream goes on during the write
  NVRESUME_TRY(store_frame(chunk, frame));
  if (!frees_slot) ring_->release(chunk);
  return ok_status();
}

Status SavePipeline::store_frame(uint64_t chunk, ConstBytes frame) {
  const uint64_t offset_bytes = frames_end_bytes_.fetch_add(frame.size());
  entries_[chunk].offset_bytes = offset_bytes;
  if (offset_bytes + frame.size() > frames_limit_bytes_)
    return Error(Reason::kNoRoom, "image slot: need more than ")
        .with(offset_bytes + frame.size())
        .with(" bytes, have ")
        .with(frames_limit_bytes_);
  Status written = slot_.write(offset_bytes, frame);
  if (written.ok()) return ok_status();
  return Error(Reason::kStoreFailed, "chunk ").with(chunk).with(": ").with(written.error().text());
}

Status SavePipeline::verify(const FrozenUserspace&) {
  Status started = team_.start(verify_chunks, this, plan_.worker_count);
  if (!started.ok()) verify_error_.set(std::move(started.error()));
  team_.join();
  return verify_error_.status();
}

void SavePipeline::verify_chunks(void* self, uint32_t worker) {
  auto& pipeline = *static_cast<SavePipeline*>(self);
  while (!pipeline.verify_error_.is_set()) {
    const uint64_t chunk = pipeline.next_verified_.fetch_add(1);
    if (chunk >= pipeline.chunk_count_) return;
    Status verified = pipeline.verify_chunk(pipeline.workers_[worker], chunk);
    if (!verified.ok()) return pipeline.verify_error_.set(std::move(verified.error()));
  }
}

Status SavePipeline::verify_chunk(Worker& worker, uint64_t chunk) {
  const ChunkEntry& entry = entries_[chunk];
  const Bytes frame = worker.frame.first(whole_blocks(entry.stored_bytes));
  NVRESUME_TRY(slot_.read(entry.offset_bytes, frame));
  Status same = verify_frame(entry, frame, chunk, chunk_count_);
  if (same.ok()) return ok_status();
  return Error(Reason::kVerifyFailed, "read back: ").with(same.error().text());
}

uint64_t SavePipeline::same_filled_pages() const {
  uint64_t pages = 0;
  for (const ChunkEntry& entry : entries()) pages += entry.same_pages;
  return pages;
}

void SavePipeline::fill_index_header(const uint8_t image_id[16]) {
  *index_header_ = ChunkIndexHeader{};
  memcpy(index_header_->magic, kIndexMagic, sizeof(kIndexMagic));
  index_header_->chunk_count = chunk_count_;
  index_header_->header_chunk_count = header_chunk_count_;
  index_header_->header_pages = counts_.header_pages;
  index_header_->data_pages = counts_.data_pages;
  for (const ChunkEntry& entry : entries()) index_header_->stored_bytes += entry.stored_bytes;
  index_header_->chunk_pages = plan_.chunk_pages;
  index_header_->zstd_level = static_cast<uint32_t>(settings_.level);
  memcpy(index_header_->image_id, image_id, sizeof(index_header_->image_id));
}

Result<Extent> SavePipeline::store_index(uint64_t offset_bytes, const uint8_t image_id[16]) {
  fill_index_header(image_id);
  return store_extent(slot_.area(), offset_bytes, index_record());
}

ConstBytes SavePipeline::index_record() const {
  return {reinterpret_cast<const uint8_t*>(index_header_),
          sizeof(ChunkIndexHeader) + chunk_count_ * sizeof(ChunkEntry)};
}

Status SavePipeline::verify_records(const Extent& index, const Extent& metadata,
                                    ConstBytes metadata_record) {
  const Bytes buffer = workers_[0].frame;  // no worker runs now
  NVRESUME_TRY(slot_.verify(metadata.offset_bytes, metadata_record, buffer, "metadata"));
  return slot_.verify(index.offset_bytes, index_record(), buffer, "chunk index");
}

}  // namespace nvresume
