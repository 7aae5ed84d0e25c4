// SPDX-License-Identifier: GPL-2.0-or-later
// direct.cc: the conductor of direct resume. Its steps stand in the order they happen; until the
// consume each can be undone, and all that was taken goes back when this returns.
#include "efi/direct.h"

#include <string.h>

#include "efi/decode_team.h"
#include "efi/decode_watch.h"
#include "efi/direct_rules.h"
#include "efi/frame_list.h"
#include "efi/handover.h"
#include "efi/physical_nvm.h"
#include "efi/placement.h"
#include "efi/platform_watchdog.h"
#include "efi/processor.h"
#include "efi/raw_ranges.h"
#include "efi/system_map.h"
#include "efi/tsc.h"
#include "efi/virtual_map.h"
#include "image/attempt_end.h"
#include "image/extent.h"
#include "image/image_area.h"
#include "image/snapshot_header.h"
#include "image/trial_record.h"
#include "image/unreported.h"

namespace nvresume::efi {
namespace {

/// Firmware's own: allocations of ExitBootServices callbacks and of the drivers until then
/// (measured with OVMF: below 1 MiB; 32 MiB leaves room for firmware with more drivers).
constexpr uint64_t kSpareBytes = 32 * 1024 * 1024;
/// A server's map has a few hundred runs.
constexpr uint64_t kRunMaximum = 1024;
constexpr uint64_t kMapBufferBytes = 256 * 1024;

class Direct {
 public:
  Direct(const DirectStart& start, PhysicalNvm& nvm, ImageArea& area, AttemptLog& log)
      : start_(start),
        nvm_(nvm),
        area_(area),
        log_(log),
        record_(log.begin(AttemptKind::kResume)),
        memory_(*start.system->BootServices),
        phase_ticks_(start.entry_ticks) {}

  Error run();

 private:
  Status resume();
  Status check();
  Status check_skip_key();
  Status read_index();
  Status allocate();
  Status claim_memory();
  Status read_header();
  Status place();
  Status decode_data();
  Error consume_and_jump();
  void arm_watchdog_across_jump();
  void end_phase(std::string_view name);
  void refuse(const Error& error);
  EFI_BOOT_SERVICES& boot() { return *start_.system->BootServices; }
  ConstBytes slot() const {
    const Superblock& superblock = area_.superblock();
    return nvm_.view(superblock.slot_offset_bytes, superblock.slot_bytes);
  }

  const DirectStart& start_;
  PhysicalNvm& nvm_;
  ImageArea& area_;
  AttemptLog& log_;
  AttemptRecord record_;
  OwnedMemory memory_;
  uint64_t phase_ticks_;
  bool counted_ = false;  ///< this boot and its attempt are in the superblock's counts

  ConstBytes metadata_;
  DirectRecord facts_{};
  const ChunkIndexHeader* index_ = nullptr;
  std::span<const ChunkEntry> entries_;
  Bytes header_;                       ///< the stream's header pages, decoded
  std::span<const uint64_t> targets_;  ///< 8 bytes a data page, where the frame list was
  std::span<uint64_t> first_targets_;  ///< 8 bytes a data chunk
  std::span<uint64_t> frame_words_;
  std::span<Run> claimable_storage_;
  RunList usable_, claimed_;
  uint64_t limit_bytes_ = 0;  ///< end of all memory and of the NVM
  DecodeTeam team_;
  HandOver way_{};
};

Error Direct::run() {
  Status resumed = resume();
  refuse(resumed.error());  // resume() returns errors only
  return std::move(resumed.error());
}

Status Direct::resume() {
  memcpy(record_.image_id, area_.superblock().image_id, sizeof record_.image_id);
  memcpy(record_.path, "direct", 7);
  record_.boot_count = area_.superblock().boot_count + 1;
  add_phase(record_, "firmware", ticks_to_ns(start_.entry_ticks, start_.ticks_per_ms));
  // What needs no byte of the image and no memory, first: none of it counts as an attempt.
  NVRESUME_TRY(check());
  NVRESUME_TRY(read_index());
  end_phase("check");
  start_.console->print("nvresume: resuming directly; Esc boots the loader instead");
  // Raised and flushed before a byte is decoded: a machine that hangs or dies in here has used it
  // up. The boot with it: no loader follows that would.
  (void)add_end_of_last_attempt(record_, log_, area_.superblock(), record_.boot_count);
  NVRESUME_TRY(area_.count_boot_and_attempt());
  counted_ = true;
  (void)log_.store(
      record_);  // an attempt that dies must be seen; one without a log resumes as well
  NVRESUME_TRY(allocate());
  NVRESUME_TRY(claim_memory());
  NVRESUME_TRY(read_header());
  NVRESUME_TRY(place());
  end_phase("place");
  NVRESUME_TRY(decode_data());
  end_phase("decode");
  return consume_and_jump();
}

/// A person's wish for the other way.
Status Direct::check_skip_key() {
  if (!skip_key_pressed(start_.system->ConIn, start_.config->skip_key)) return ok_status();
  return Error(Reason::kSkipKey);
}

Status Direct::check() {
  const Superblock& superblock = area_.superblock();
  // Looked at in every boot with an image, whatever else refuses: the look makes it last.
  Status reported = check_reported(nvm_, geometry_of(superblock), log_);
  NVRESUME_TRY(check_direct_switch(*start_.config, start_.range));
  NVRESUME_TRY(check_skip_key());
  NVRESUME_TRY(std::move(reported));
  NVRESUME_TRY(check_handed_over(log_, superblock.image_id));
  if (has_encrypted_memory()) return Error(Reason::kMemoryEncrypted);
  // The look at the image has checked its checksum and structure.
  metadata_ = nvm_.view(superblock.slot_offset_bytes + superblock.metadata.offset_bytes,
                        superblock.metadata.length_bytes);
  NVRESUME_ASSIGN(facts_, read_direct_record(metadata_));
  NVRESUME_TRY(check_direct_record(facts_, *start_.fingerprint));
  if (start_.config->direct == static_cast<uint32_t>(DirectMode::kAuto)) {
    NVRESUME_ASSIGN(const TrialRecord trial, read_trial(nvm_, geometry_of(superblock)));
    NVRESUME_TRY(
        check_trial(trial, *start_.fingerprint, field_text(facts_.header->kernel_release)));
  }
  return check_paging(facts_.facts->paging_levels);
}

Status Direct::read_index() {
  const Superblock& superblock = area_.superblock();
  const ConstBytes bytes = nvm_.view(superblock.slot_offset_bytes + superblock.index.offset_bytes,
                                     superblock.index.length_bytes);
  if (bytes.size() < sizeof(ChunkIndexHeader) || checksum_of(bytes) != superblock.index.checksum)
    return Error(Reason::kIndexCorrupt, "the chunk index does not match its checksum");
  index_ = reinterpret_cast<const ChunkIndexHeader*>(bytes.data());
  entries_ = {reinterpret_cast<const ChunkEntry*>(bytes.data() + sizeof(ChunkIndexHeader)),
              (bytes.size() - sizeof(ChunkIndexHeader)) / sizeof(ChunkEntry)};
  if (memcmp(index_->image_id, superblock.image_id, sizeof superblock.image_id) != 0)
    return Error(Reason::kIndexCorrupt, "the chunk index belongs to another image");
  return check_index(*index_, entries_, superblock.slot_bytes);
}

/// Everything of the stage's own, before the map is looked at: where these buffers lie the image's
/// pages are copied late.
Status Direct::allocate() {
  NVRESUME_ASSIGN(SystemMap map, SystemMap::fetch(boot()));
  const uint64_t frame_count = usable_end(map.view()) / kEfiPageBytes;
  NVRESUME_ASSIGN(header_, memory_.allocate(index_->header_pages * kPageBytes));
  NVRESUME_ASSIGN(first_targets_, memory_.allocate_array<uint64_t>(entries_.size()));
  NVRESUME_ASSIGN(frame_words_, memory_.allocate_array<uint64_t>(FrameSet::words_for(frame_count)));
  NVRESUME_ASSIGN(const std::span<Run> usable_storage, memory_.allocate_array<Run>(kRunMaximum));
  NVRESUME_ASSIGN(const std::span<Run> claimed_storage, memory_.allocate_array<Run>(kRunMaximum));
  NVRESUME_ASSIGN(claimable_storage_, memory_.allocate_array<Run>(kRunMaximum));
  usable_ = RunList(usable_storage);
  claimed_ = RunList(claimed_storage);
  NVRESUME_ASSIGN(way_.map_buffer, memory_.allocate(kMapBufferBytes));
  EFI_MP_SERVICES_PROTOCOL* services = find_mp_services(boot());
  UINTN count = 1, enabled = 1;
  if (services != nullptr && EFI_ERROR(services->GetNumberOfProcessors(services, &count, &enabled)))
    enabled = 1;
  return DecodeTeam::prepare(team_, memory_, static_cast<uint32_t>(enabled));
}

Status Direct::claim_memory() {
  const ConstBytes saved_map = section_of(metadata_, SectionType::kRuntimeMap);
  const std::span<const MapRange> saved(reinterpret_cast<const MapRange*>(saved_map.data()),
                                        saved_map.size() / sizeof(MapRange));
  NVRESUME_ASSIGN(std::span<EFI_MEMORY_DESCRIPTOR> descriptors,
                  memory_.allocate_array<EFI_MEMORY_DESCRIPTOR>(saved.size() + 1));
  // The map after the last allocation that firmware places: what is free now can be claimed whole.
  NVRESUME_ASSIGN(SystemMap map, SystemMap::fetch(boot()));
  NVRESUME_ASSIGN(way_.virtual_map, make_virtual_map(saved, map.view(), descriptors));
  RunList claimable(claimable_storage_);
  if (!add_usable(map.view(), usable_) || !add_claimable(map.view(), kSpareBytes, claimable))
    return Error(Reason::kNoSafeMemory, "the memory map has too many parts, or too small ones");
  // A run that firmware does not give any more is the firmware's: its pages are copied late.
  for (const Run& run : claimable.runs())
    if (memory_.claim(run)) (void)claimed_.add(run.start, run.bytes);  // as large as `claimable`
  limit_bytes_ = usable_end(map.view());
  const uint64_t nvm_end = start_.range.range_base + start_.range.image_bytes;
  if (nvm_end > limit_bytes_) limit_bytes_ = nvm_end;
  return ok_status();
}

/// The header pages: who the kernel is and which frames the data belongs to.
Status Direct::read_header() {
  NVRESUME_ASSIGN(FrameDecoder decoder, FrameDecoder::create(team_.workspace()));
  uint64_t done_bytes = 0;
  for (uint32_t chunk = 0; chunk < index_->header_chunk_count; ++chunk) {
    const ChunkEntry& entry = entries_[chunk];
    NVRESUME_TRY(decoder.decode(entry, slot().subspan(entry.offset_bytes, entry.stored_bytes),
                                header_.subspan(done_bytes, entry.raw_bytes), team_.scratch(),
                                chunk, entries_.size()));
    done_bytes += entry.raw_bytes;
  }
  NVRESUME_ASSIGN(const StreamCounts counts, read_snapshot_header(header_));
  if (counts.header_pages != index_->header_pages || counts.data_pages != index_->data_pages)
    return Error(Reason::kStreamCorrupt, "the stream's counts are not the index's");
  NVRESUME_ASSIGN(way_.record, read_restore_record(header_));
  return ok_status();
}

Status Direct::place() {
  const auto lists = header_.subspan(kPageBytes, (index_->header_pages - 1) * kPageBytes);
  FrameSet wanted(frame_words_);
  const std::span<uint64_t> words(reinterpret_cast<uint64_t*>(lists.data()),
                                  lists.size() / sizeof(uint64_t));
  NVRESUME_ASSIGN(const std::span<const uint64_t> frames,
                  read_frame_list(words, index_->data_pages, wanted));
  const ConstBytes raw_ranges = section_of(metadata_, SectionType::kRawRanges);
  // Raw copies are the image's too: their frames must not become safe pages.
  NVRESUME_TRY(for_each_raw_page(raw_ranges, usable_, [&](uint64_t to, uint64_t) {
    (void)wanted.add(to / kEfiPageBytes);
    return ok_status();
  }));
  SafePages safe(claimed_.runs(), wanted);
  LateList late(safe);
  // First, while low pages are left: the way out lies below 4 GiB.
  NVRESUME_ASSIGN(way_.code_page, safe.take_low());
  NVRESUME_ASSIGN(way_.parameters_page, safe.take_low());
  NVRESUME_ASSIGN(way_.tables, build_jump_tables(safe, limit_bytes_, way_.record));
  NVRESUME_TRY(for_each_raw_page(raw_ranges, usable_,
                                 [&](uint64_t to, uint64_t from) { return late.add(to, from); }));
  NVRESUME_ASSIGN(const Placement placement,
                  place_pages(words.first(frames.size()), usable_, claimed_, safe, late));
  targets_ = placement.targets;
  way_.late_first = late.first();
  start_.console->print(Line("nvresume: ")
                            .number(placement.direct_pages)
                            .text(" pages straight to their place, ")
                            .number(late.count())
                            .text(" late"));
  return ok_status();
}

Status Direct::decode_data() {
  uint64_t page = 0;
  for (uint32_t chunk = index_->header_chunk_count; chunk < entries_.size(); ++chunk) {
    first_targets_[chunk - index_->header_chunk_count] = page;
    page += entries_[chunk].raw_bytes / kPageBytes;
  }
  const ConstBytes frames = slot();
  const DecodeJob job{frames.data(), frames.size(), entries_, index_->header_chunk_count,
                      targets_,      first_targets_};
  DecodeWatch watch(*start_.system, *start_.console, start_.config->skip_key,
                    index_->data_pages * kPageBytes, start_.ticks_per_ms);
  NVRESUME_TRY(team_.run(boot(), find_mp_services(boot()), job, watch));
  start_.console->print(Line("nvresume: restored ")
                            .number(index_->data_pages * kPageBytes >> 20)
                            .text(" MiB from ")
                            .number(index_->stored_bytes >> 20)
                            .text(" MiB on ")
                            .number(team_.processors())
                            .text(" processors"));
  return ok_status();
}

Error Direct::consume_and_jump() {
  // Decoding may have been too quick for a look; from the consume on there is no way back.
  if (Status wanted = check_skip_key(); !wanted.ok()) return std::move(wanted.error());
  // What the resumed world reads of this boot; volatile variables outlive boot services.
  NvresumeRange range = start_.range;
  range.decision = static_cast<uint32_t>(StageDecision::kDirect);
  range.firmware_ns = ticks_to_ns(start_.entry_ticks, start_.ticks_per_ms);
  range.stage_ns = ticks_to_ns(read_tsc() - start_.entry_ticks, start_.ticks_per_ms);
  if (Status published = start_.variables->publish(range); !published.ok())
    return std::move(published.error());
  way_.image = start_.image;
  way_.system = start_.system;
  way_.paging_levels = facts_.facts->paging_levels;
  way_.pat = facts_.facts->pat;
  // The record now: the world that writes it later is the resumed one, if it comes up.
  (void)log_.store(record_);  // an image resumes as well without its log
  start_.console->print("nvresume: handing over to the saved kernel");
  // Consumed in both copies first. A power cut before this resumes at the next boot, one after it
  // boots normally: never twice from one image, whose disks the resumed world has changed.
  if (Status consumed = area_.consume(); !consumed.ok()) return std::move(consumed.error());
  arm_watchdog_across_jump();
  Error failure = hand_over(way_);
  // Nothing of the image has run, so it may be tried again; boot services are half gone, so only
  // from a reset. The attempt stays counted: nothing loops.
  (void)area_.unconsume();  // if even that fails, the next boot is a normal one
  record_.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record_.reason = static_cast<uint32_t>(failure.reason());
  add_text(record_, failure.text());
  (void)log_.store(record_);
  start_.system->RuntimeServices->ResetSystem(EfiResetCold, EFI_ABORTED, 0, nullptr);
  return failure;
}

/// Only where somebody stops it on the other side: a session that came back whole must not be
/// reset.
void Direct::arm_watchdog_across_jump() {
  if (facts_.facts->stops_watchdog == 0) return;
  Result<uint32_t> seconds = arm_platform_watchdog(*start_.system);
  start_.console->print(
      seconds.ok() ? Line("nvresume: a hardware watchdog resets the machine if nobody is there in ")
                         .number(*seconds)
                         .text(" s")
                   : Line("nvresume: no hardware watchdog: ").text(seconds.error().text()));
}

void Direct::end_phase(std::string_view name) {
  const uint64_t now_ticks = read_tsc();
  add_phase(record_, name, ticks_to_ns(now_ticks - phase_ticks_, start_.ticks_per_ms));
  phase_ticks_ = now_ticks;
}

/// The next loader follows, its boot is counted as its own, and its initramfs restores the same
/// image: nothing of this counts.
void Direct::refuse(const Error& error) {
  team_.dismiss(boot());
  if (counted_) (void)area_.take_back_boot();
  start_.variables->withdraw();
  arm_watchdog(boot());  // the loader's five minutes begin now
  record_.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record_.reason = static_cast<uint32_t>(error.reason());
  add_text(record_, error.text());
  (void)log_.store(record_);
}

}  // namespace

Error resume_directly(const DirectStart& start) {
  PhysicalNvm nvm(start.range.range_base, start.range.image_bytes);
  Result<ImageArea> area = ImageArea::open(nvm);
  if (!area.ok()) return std::move(area.error());
  Result<AttemptLog> log = AttemptLog::open(nvm);
  if (!log.ok()) return std::move(log.error());
  return Direct(start, nvm, *area, *log).run();
}

}  // namespace nvresume::efi
