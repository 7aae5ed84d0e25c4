// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/restore_pipeline.h"

#include <string.h>

#include "image/extent.h"
#include "image/media.h"
#include "image/snapshot_header.h"

namespace nvresume {
namespace {

uint32_t slot_count_of(uint32_t worker_count) { return 2 * worker_count + 2; }

}  // namespace

Result<std::unique_ptr<RestorePipeline>> RestorePipeline::prepare(const ImageSlot& slot,
                                                                  const Superblock& superblock,
                                                                  uint32_t worker_count) {
  const Extent& extent = superblock.index;
  if (extent.length_bytes < sizeof(ChunkIndexHeader) || extent.length_bytes > slot.size_bytes())
    return Error(Reason::kIndexCorrupt, "chunk index: ")
        .with(extent.length_bytes)
        .with(" bytes cannot be one");
  NVRESUME_ASSIGN(LockedMemory index, LockedMemory::map(extent.length_bytes));
  NVRESUME_TRY(read_extent(slot.area(), extent, index.bytes(), Reason::kIndexCorrupt));
  NVRESUME_ASSIGN(WorkerTeam team, WorkerTeam::prepare(worker_count));
  std::unique_ptr<RestorePipeline> pipeline(
      new RestorePipeline(slot, std::move(index), std::move(team)));
  NVRESUME_TRY(pipeline->check(superblock));
  NVRESUME_TRY(pipeline->allocate());
  return pipeline;
}

Status RestorePipeline::check(const Superblock& superblock) const {
  if (memcmp(header().image_id, superblock.image_id, sizeof(superblock.image_id)) != 0)
    return Error(Reason::kIndexCorrupt, "chunk index: belongs to another image");
  const uint64_t entry_bytes = superblock.index.length_bytes - sizeof(ChunkIndexHeader);
  if (entry_bytes != header().chunk_count * sizeof(ChunkEntry))
    return Error(Reason::kIndexCorrupt, "chunk index: ")
        .with(header().chunk_count)
        .with(" chunks do not fit its length");
  return check_index(header(), {&entry(0), header().chunk_count}, slot_.size_bytes());
}

Status RestorePipeline::allocate() {
  const uint32_t worker_count = team_.worker_count();
  const uint32_t slot_count = slot_count_of(worker_count);
  const uint64_t chunk_bytes = header().chunk_pages * uint64_t{kPageBytes};
  const uint64_t worker_bytes =
      whole_blocks(FrameDecoder::workspace_bytes()) + 2 * kFrameBytesMaximum;
  NVRESUME_ASSIGN(memory_, LockedMemory::map(slot_count * chunk_bytes + kFrameBytesMaximum +
                                             worker_count * worker_bytes));
  ring_.emplace(memory_.cut(slot_count * chunk_bytes), slot_count, chunk_bytes, lead_chunks());
  ring_->set_end(header().chunk_count);
  lead_pages_ = memory_.cut(kFrameBytesMaximum);
  for (uint32_t i = 0; i < worker_count; ++i) {
    workers_[i].frame = memory_.cut(kFrameBytesMaximum);
    workers_[i].scratch = memory_.cut(kFrameBytesMaximum);
    NVRESUME_ASSIGN(FrameDecoder decoder,
                    FrameDecoder::create(memory_.cut(FrameDecoder::workspace_bytes())));
    workers_[i].decoder.emplace(decoder);
  }
  return ok_status();
}

Status RestorePipeline::load(SnapshotDevice& device, Console* console) {
  NVRESUME_TRY(lead(device));
  NVRESUME_TRY(follow(device, console));
  return finish(device);
}

Status RestorePipeline::lead(SnapshotDevice& device) {
  for (uint64_t chunk = 0; chunk < lead_chunks(); ++chunk) {
    const Bytes pages = lead_pages_.first(entry(chunk).raw_bytes);
    NVRESUME_TRY(decode_chunk(workers_[0], chunk, pages));
    if (chunk == 0) {
      NVRESUME_ASSIGN(const StreamCounts counts, read_snapshot_header(pages));
      if (counts.header_pages != header().header_pages || counts.data_pages != header().data_pages)
        return Error(Reason::kStreamCorrupt, "the snapshot header and the chunk index disagree");
    }
    NVRESUME_TRY(write_chunk(device, chunk, pages));
  }
  return ok_status();
}

Status RestorePipeline::follow(SnapshotDevice& device, Console* console) {
  Status started = team_.start(decode_chunks, this);
  if (!started.ok())
    ring_->fail(std::move(started.error()));
  else if (Status written = write_in_order(device, console); !written.ok())
    ring_->fail(std::move(written.error()));
  team_.join();
  return ring_->status();
}

Status RestorePipeline::write_in_order(SnapshotDevice& device, Console* console) {
  for (uint64_t chunk = lead_chunks(); chunk < header().chunk_count; ++chunk) {
    if (!ring_->wait_filled(chunk)) return ok_status();  // a worker failed; the ring has the error
    NVRESUME_TRY(write_chunk(device, chunk, ring_->slot(chunk).first(entry(chunk).raw_bytes)));
    ring_->release(chunk);
    if (console != nullptr) console->progress("loading", page_ * kPageBytes, raw_bytes());
  }
  return ok_status();
}

Status RestorePipeline::write_chunk(SnapshotDevice& device, uint64_t chunk, ConstBytes pages) {
  for (uint64_t done = 0; done < pages.size(); done += kPageBytes, ++page_) {
    Result<bool> written = device.write_page(pages.subspan(done, kPageBytes));
    if (written.ok() && *written) continue;
    const bool is_header = chunk < header().header_chunk_count;
    Error error(written.ok() ? Reason::kStreamCorrupt : written.error().reason(),
                is_header ? "header page " : "page ");
    error.with(page_).with(" of ").with(total_pages()).with(": ");
    return error.with(written.ok() ? "the kernel wants no more" : written.error().text());
  }
  return ok_status();
}

/// One more write after the last page: kernels that leave out zero pages fill a trailing run of
/// them only then. It is expected to take nothing.
Status RestorePipeline::finish(SnapshotDevice& device) {
  NVRESUME_ASSIGN(const bool wants_more, device.write_page(lead_pages_.first(kPageBytes)));
  if (!wants_more) return ok_status();
  return Error(Reason::kStreamCorrupt, "the kernel expects more than ")
      .with(total_pages())
      .with(" pages");
}

void RestorePipeline::decode_chunks(void* self, uint32_t worker) {
  auto& pipeline = *static_cast<RestorePipeline*>(self);
  SlotRing& ring = *pipeline.ring_;
  while (const auto chunk = ring.claim()) {
    if (!ring.wait_empty(*chunk)) return;
    const Bytes pages = ring.slot(*chunk).first(pipeline.entry(*chunk).raw_bytes);
    Status decoded = pipeline.decode_chunk(pipeline.workers_[worker], *chunk, pages);
    if (!decoded.ok()) return ring.fail(std::move(decoded.error()));
    ring.publish(*chunk);
  }
}

Status RestorePipeline::decode_chunk(Worker& worker, uint64_t chunk, Bytes pages) {
  const ChunkEntry& wanted = entry(chunk);
  const Bytes frame = worker.frame.first(whole_blocks(wanted.stored_bytes));
  NVRESUME_TRY(slot_.read(wanted.offset_bytes, frame));
  return worker.decoder->decode(wanted, frame, pages, worker.scratch, chunk, header().chunk_count);
}

}  // namespace nvresume
