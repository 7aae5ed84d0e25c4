// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/decode_team.h"

#include "efi/firmware_error.h"

namespace nvresume::efi {

Status DecodeTeam::prepare(DecodeTeam& team, OwnedMemory& memory, uint32_t processors) {
  if (processors == 0) processors = 1;
  team.processors_ = processors < kDecoderMaximum ? processors : kDecoderMaximum;
  // From boot services, not from the stack: other processors have little of it.
  for (uint32_t i = 0; i < team.processors_; ++i) {
    NVRESUME_ASSIGN(team.workers_[i].scratch, memory.allocate(kFrameBytesMaximum));
    NVRESUME_ASSIGN(team.workers_[i].workspace, memory.allocate(FrameDecoder::workspace_bytes()));
  }
  return ok_status();
}

Status DecodeTeam::run(EFI_BOOT_SERVICES& boot_services, EFI_MP_SERVICES_PROTOCOL* services,
                       const DecodeJob& job, Watcher& watcher) {
  job_ = &job;
  next_chunk_ = job.first_chunk;
  chunks_done_ = 0;
  next_worker_ = 1;  // 0 is this processor
  others_done_ = 0;
  uint32_t others = 0;
  if (services != nullptr && processors_ > 1 &&
      !EFI_ERROR(boot_services.CreateEvent(0, 0, nullptr, nullptr, &all_idle_)) &&
      !EFI_ERROR(
          services->StartupAllAPs(services, work_on_other, FALSE, all_idle_, 0, this, nullptr))) {
    UINTN count = 0, enabled = 0;
    (void)services->GetNumberOfProcessors(services, &count, &enabled);  // worked before
    others = static_cast<uint32_t>(enabled - 1);
    started_ = true;
  }
  work(workers_[0], &watcher);
  // Firmware polls its processors only every 100 ms; our own count is exact. UEFI's watchdog ends
  // this if one hangs.
  while (others_done_.load(std::memory_order_acquire) != others) __builtin_ia32_pause();
  if (failed_.load(std::memory_order_acquire) == 0) return ok_status();
  return Error(error_);
}

void DecodeTeam::dismiss(EFI_BOOT_SERVICES& boot_services) {
  if (all_idle_ == nullptr) return;
  // Firmware must see its processors idle before anybody uses them again. It signals the event when
  // it does, so the event goes back after that.
  UINTN index;
  if (started_) (void)boot_services.WaitForEvent(1, &all_idle_, &index);
  (void)boot_services.CloseEvent(all_idle_);
  all_idle_ = nullptr;
}

void DecodeTeam::work_on_other(void* argument) {
  DecodeTeam& team = *static_cast<DecodeTeam*>(argument);
  const uint32_t number = team.next_worker_.fetch_add(1);
  if (number < team.processors_) team.work(team.workers_[number], nullptr);
  team.others_done_.fetch_add(1, std::memory_order_release);
}

void DecodeTeam::work(Worker& worker, Watcher* watcher) {
  Result<FrameDecoder> decoder = FrameDecoder::create(worker.workspace);
  if (!decoder.ok()) return fail(decoder.error());
  const auto chunk_count = static_cast<uint32_t>(job_->entries.size());
  while (failed_.load(std::memory_order_relaxed) == 0) {
    const uint32_t chunk = next_chunk_.fetch_add(1);
    if (chunk >= chunk_count) return;
    Status decoded = decode(*decoder, worker, chunk);
    if (!decoded.ok()) return fail(decoded.error());
    const uint32_t done = chunks_done_.fetch_add(1) + 1;
    if (watcher == nullptr) continue;
    Status looked = watcher->look(done, chunk_count - job_->first_chunk);
    if (!looked.ok()) return fail(looked.error());
  }
}

Status DecodeTeam::decode(FrameDecoder& decoder, const Worker& worker, uint32_t chunk) {
  const ChunkEntry& entry = job_->entries[chunk];
  const uint64_t first = job_->first_targets[chunk - job_->first_chunk];
  // check_index() has proven that the frame lies inside the slot and that the pages add up.
  return decoder.decode_to(entry, ConstBytes(job_->slot + entry.offset_bytes, entry.stored_bytes),
                           job_->targets.subspan(first, entry.raw_bytes / kPageBytes),
                           worker.scratch, chunk, job_->entries.size());
}

void DecodeTeam::fail(const Error& error) {
  if (error_set_.exchange(1) == 0) {
    error_ = error;
    failed_.store(1, std::memory_order_release);
  }
}

}  // namespace nvresume::efi
