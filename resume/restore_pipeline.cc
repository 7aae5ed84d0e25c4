// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/restore_pipeline.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "image/extent.h"
#include "image/media.h"
#include "image/snapshot_header.h"
#include "resume/phase_clock.h"
#include "resume/restore_plan.h"

namespace nvresume {

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
  NVRESUME_ASSIGN(WorkerTeam team,
                  WorkerTeam::prepare(restore_worker_count(extent.length_bytes, worker_count)));
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

uint64_t RestorePipeline::largest_chunk_bytes() const {
  uint64_t largest = 0;
  for (uint64_t chunk = 0; chunk < header().chunk_count; ++chunk)
    largest = std::max<uint64_t>(largest, entry(chunk).raw_bytes);
  return largest;
}

Status RestorePipeline::allocate() {
  const RestorePlan plan{team_.worker_count(), largest_chunk_bytes()};
  NVRESUME_ASSIGN(memory_, LockedMemory::map(plan.memory_bytes()));
  ring_.emplace(memory_.cut(plan.slot_count() * plan.slot_bytes()), plan.slot_count(),
                plan.slot_bytes(), lead_chunks());
  ring_->set_end(header().chunk_count);
  slot_pages_.resize(plan.slot_count());
  lead_slot_ = memory_.cut(plan.slot_bytes());
  fill_page_ = memory_.cut(kPageBytes);
  for (uint32_t i = 0; i < plan.worker_count; ++i) {
    workers_[i].frame = memory_.cut(plan.frame_bytes);
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
    NVRESUME_ASSIGN(const FramePages pages, decode_chunk(workers_[0], chunk, lead_slot_));
    if (chunk == 0) NVRESUME_TRY(check_lead(pages));
    NVRESUME_TRY(write_chunk(device, chunk, pages));
  }
  return ok_status();
}

Status RestorePipeline::check_lead(FramePages pages) const {
  const FramePages::Page first = pages.next();
  if (first.bytes != nullptr) {
    NVRESUME_ASSIGN(const StreamCounts counts, read_snapshot_header({first.bytes, kPageBytes}));
    if (counts.header_pages == header().header_pages && counts.data_pages == header().data_pages)
      return ok_status();
  }
  return Error(Reason::kStreamCorrupt, "the snapshot header and the chunk index disagree");
}

Status RestorePipeline::follow(SnapshotDevice& device, Console* console) {
  Status started = team_.start(decode_chunks, this, team_.worker_count());
  if (!started.ok())
    ring_->fail(std::move(started.error()));
  else if (Status written = write_in_order(device, console); !written.ok())
    ring_->fail(std::move(written.error()));
  team_.join();
  return ring_->status();
}

Status RestorePipeline::write_in_order(SnapshotDevice& device, Console* console) {
  for (uint64_t chunk = lead_chunks(); chunk < header().chunk_count; ++chunk) {
    if (!ring_->wait_half_filled(chunk)) return ok_status();  // a worker failed; the ring has why
    NVRESUME_TRY(write_chunk(device, chunk, slot_pages_[ring_->slot_number(chunk)]));
    ring_->release(chunk);
    if (console != nullptr) console->progress("loading", page_ * kPageBytes, raw_bytes());
  }
  return ok_status();
}

Status RestorePipeline::write_chunk(SnapshotDevice& device, uint64_t chunk, FramePages pages) {
  const uint64_t start_ns = clock_ns();  // once a chunk: once a page would be a part of the time
  Status written = write_pages(device, chunk, pages);
  device_ns_ += clock_ns() - start_ns;
  return written;
}

Status RestorePipeline::write_pages(SnapshotDevice& device, uint64_t chunk, FramePages& pages) {
  const uint8_t* batch[SnapshotDevice::kBatchPages];
  size_t count = 0;
  for (uint64_t done = 0; done < entry(chunk).raw_bytes; done += kPageBytes) {
    const FramePages::Page page = pages.next();
    const bool refills = page.bytes == nullptr && page.fill != fill_value_;
    if (refills || count == std::size(batch))
      NVRESUME_TRY(write_batch(device, chunk, {batch, std::exchange(count, 0)}));
    if (refills) fill_with(page.fill);
    batch[count++] = page.bytes == nullptr ? fill_page_.data() : page.bytes;
  }
  return write_batch(device, chunk, {batch, count});
}

/// Same-filled pages come in runs of one value, nearly always zero: one page in the cache stands
/// for all of them.
void RestorePipeline::fill_with(uint64_t value) {
  fill_value_ = value;
  for (uint32_t at = 0; at < kPageBytes; at += sizeof(value))
    memcpy(fill_page_.data() + at, &value, sizeof(value));
}

Status RestorePipeline::write_batch(SnapshotDevice& device, uint64_t chunk,
                                    std::span<const uint8_t* const> batch) {
  while (!batch.empty()) {
    const Result<uint32_t> taken = device.write_pages(batch);
    if (!taken.ok() || *taken == 0) return write_error(chunk, taken);
    page_ += *taken;
    batch = batch.subspan(*taken);
  }
  return ok_status();
}

Error RestorePipeline::write_error(uint64_t chunk, const Result<uint32_t>& taken) const {
  const bool is_header = chunk < header().header_chunk_count;
  Error error(taken.ok() ? Reason::kStreamCorrupt : taken.error().reason(),
              is_header ? "header page " : "page ");
  error.with(page_).with(" of ").with(total_pages()).with(": ");
  return error.with(taken.ok() ? "the kernel wants no more" : taken.error().text());
}

/// One more write after the last page: kernels that leave out zero pages fill a trailing run of
/// them only then. It is expected to take nothing.
Status RestorePipeline::finish(SnapshotDevice& device) {
  const uint8_t* const page = fill_page_.data();
  NVRESUME_ASSIGN(const uint32_t wants_more, device.write_pages({&page, 1}));
  if (wants_more == 0) return ok_status();
  return Error(Reason::kStreamCorrupt, "the kernel expects more than ")
      .with(total_pages())
      .with(" pages");
}

void RestorePipeline::decode_chunks(void* self, uint32_t worker) {
  auto& pipeline = *static_cast<RestorePipeline*>(self);
  SlotRing& ring = *pipeline.ring_;
  while (const auto chunk = ring.claim()) {
    if (!ring.wait_empty(*chunk)) return;
    Result<FramePages> pages =
        pipeline.decode_chunk(pipeline.workers_[worker], *chunk, ring.slot(*chunk));
    if (!pages.ok()) return ring.fail(std::move(pages.error()));
    pipeline.slot_pages_[ring.slot_number(*chunk)] = *pages;
    ring.publish(*chunk);
  }
}

/// What is not decoded is read to where it is handed over from. All that the result points at is in
/// `slot`: the worker's own frame buffer is the next chunk's.
Result<FramePages> RestorePipeline::decode_chunk(Worker& worker, uint64_t chunk, Bytes slot) {
  const ChunkEntry& wanted = entry(chunk);
  const bool decodes = static_cast<Encoding>(wanted.encoding) == Encoding::kZstd;
  const Bytes frame = (decodes ? worker.frame : slot).first(whole_blocks(wanted.stored_bytes));
  NVRESUME_TRY(slot_.read(wanted.offset_bytes, frame));
  NVRESUME_ASSIGN(FramePages pages,
                  worker.decoder->unpack(wanted, frame, slot, chunk, header().chunk_count));
  if (decodes) pages.keep_prologue(slot.data() + wanted.raw_bytes);
  return pages;
}

}  // namespace nvresume
