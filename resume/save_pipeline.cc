// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/save_pipeline.h"

#include <string.h>

#include <algorithm>

#include "image/extent.h"
#include "image/media.h"
#include "image/metadata.h"
#include "resume/encoding_trial.h"

namespace nvresume {
namespace {

/// Two chunks a worker in flight and one on either side of the stream thread.
uint32_t slot_count_of(uint32_t worker_count) { return 2 * worker_count + 2; }

/// Chunks of the largest stream: as many data pages as the slot holds raw (it is sized for half of
/// memory, and no snapshot is larger), their frame list of 1/512, and a partial chunk of each kind.
uint64_t chunk_limit_of(uint64_t slot_bytes, uint32_t chunk_pages) {
  const uint64_t chunks = slot_bytes / (chunk_pages * uint64_t{kPageBytes});
  return chunks + chunks / 512 + 4;
}

uint64_t index_bytes_of(uint64_t chunk_limit) {
  return whole_blocks(sizeof(ChunkIndexHeader) + chunk_limit * sizeof(ChunkEntry));
}

uint64_t chunks_of(uint64_t pages, uint32_t chunk_pages) {
  return (pages + chunk_pages - 1) / chunk_pages;
}

}  // namespace

Result<std::unique_ptr<SavePipeline>> SavePipeline::prepare(const ImageSlot& slot,
                                                            const SaveSettings& settings) {
  NVRESUME_ASSIGN(WorkerTeam team, WorkerTeam::prepare(settings.worker_count));
  std::unique_ptr<SavePipeline> pipeline(new SavePipeline(slot, settings, std::move(team)));
  NVRESUME_TRY(pipeline->allocate());
  return pipeline;
}

Status SavePipeline::allocate() {
  const uint64_t chunk_limit = chunk_limit_of(slot_.size_bytes(), settings_.chunk_pages);
  const uint64_t index_bytes = index_bytes_of(chunk_limit);
  const uint64_t reserved_bytes = index_bytes + kMetadataBytesMaximum;
  if (slot_.size_bytes() <= reserved_bytes)
    return Error(Reason::kNoRoom, "image slot: need more than ")
        .with(reserved_bytes)
        .with(" bytes, have ")
        .with(slot_.size_bytes());
  frames_limit_bytes_ = slot_.size_bytes() - reserved_bytes;

  const uint32_t slot_count = slot_count_of(settings_.worker_count);
  const uint64_t chunk_bytes = settings_.chunk_pages * uint64_t{kPageBytes};
  const uint64_t worker_bytes =
      whole_blocks(FrameEncoder::workspace_bytes(settings_.level)) + 2 * kFrameBytesMaximum;
  NVRESUME_ASSIGN(memory_, LockedMemory::map(kPageBytes + index_bytes + slot_count * chunk_bytes +
                                             settings_.worker_count * worker_bytes));
  spare_page_ = memory_.cut(kPageBytes);
  const Bytes index = memory_.cut(index_bytes);
  index_header_ = reinterpret_cast<ChunkIndexHeader*>(index.data());
  entries_ = {reinterpret_cast<ChunkEntry*>(index.data() + sizeof(ChunkIndexHeader)), chunk_limit};
  ring_.emplace(memory_.cut(slot_count * chunk_bytes), slot_count, chunk_bytes, 0);
  for (uint32_t i = 0; i < settings_.worker_count; ++i) NVRESUME_TRY(prepare_worker(workers_[i]));
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
  worker.frame = memory_.cut(kFrameBytesMaximum);
  worker.scratch = memory_.cut(kFrameBytesMaximum);
  const Bytes workspace = memory_.cut(FrameEncoder::workspace_bytes(settings_.level));
  NVRESUME_ASSIGN(FrameEncoder encoder,
                  FrameEncoder::create(workspace, settings_.level, encoding_));
  worker.encoder.emplace(encoder);
  return ok_status();
}

Status SavePipeline::store(SnapshotDevice& device, const FrozenUserspace&, Console* console) {
  Status started = team_.start(store_chunks, this);
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
    if (!ring_->wait_empty(chunk)) return ok_status();  // a worker failed; the ring has the error
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
  const Bytes pages = ring_->slot(chunk);
  uint64_t page = first;
  if (first == 0) {  // how long the stream is stands on its first page
    NVRESUME_TRY(read_page(device, page++, pages));
    NVRESUME_TRY(begin_stream(pages));
  }
  const uint64_t part_end = first < counts_.header_pages ? counts_.header_pages : counts_.total();
  const uint64_t end = std::min(first + settings_.chunk_pages, part_end);
  for (; page < end; ++page)
    NVRESUME_TRY(read_page(device, page, pages.subspan((page - first) * kPageBytes)));
  entries_[chunk].raw_bytes = static_cast<uint32_t>((page - first) * kPageBytes);
  return page;
}

Status SavePipeline::read_page(SnapshotDevice& device, uint64_t page, Bytes out) {
  NVRESUME_ASSIGN(const bool more, device.read_page(out));
  if (more) return ok_status();
  return Error(Reason::kStreamCorrupt, "the snapshot ended at page ")
      .with(page)
      .with(" of ")
      .with(counts_.total());
}

Status SavePipeline::begin_stream(ConstBytes first_page) {
  NVRESUME_ASSIGN(counts_, read_snapshot_header(first_page));
  const uint64_t header_chunks = chunks_of(counts_.header_pages, settings_.chunk_pages);
  const uint64_t chunks = header_chunks + chunks_of(counts_.data_pages, settings_.chunk_pages);
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
  NVRESUME_ASSIGN(const bool more, device.read_page(spare_page_));
  if (!more) return ok_status();
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
  NVRESUME_TRY(worker.encoder->encode(ring_->slot(chunk).first(entry.raw_bytes), worker.frame,
                                      worker.scratch, entry));
  ring_->release(chunk);  // the pages are in the frame now: the stream goes on during the write
  const uint64_t stored_bytes = whole_blocks(entry.stored_bytes);
  entry.offset_bytes = frames_end_bytes_.fetch_add(stored_bytes);
  if (entry.offset_bytes + stored_bytes > frames_limit_bytes_)
    return Error(Reason::kNoRoom, "image slot: need more than ")
        .with(entry.offset_bytes + stored_bytes)
        .with(" bytes, have ")
        .with(frames_limit_bytes_);
  Status written = slot_.write(entry.offset_bytes, worker.frame.first(stored_bytes));
  if (written.ok()) return ok_status();
  return Error(Reason::kStoreFailed, "chunk ").with(chunk).with(": ").with(written.error().text());
}

Status SavePipeline::verify(const FrozenUserspace&) {
  Status started = team_.start(verify_chunks, this);
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
  index_header_->chunk_pages = settings_.chunk_pages;
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
