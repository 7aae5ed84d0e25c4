// SPDX-License-Identifier: GPL-2.0-or-later
// restore.cc: the saved system back into memory, from the initramfs, before any file system is
// mounted. Returns only where it does not resume; then a normal boot was decided, and the image is
// dropped first: what the normal boot writes to the disks would be destroyed by a later resume.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "image/attempt_end.h"
#include "image/commit.h"
#include "image/ticket.h"
#include "resume/attempt_report.h"
#include "resume/command.h"
#include "resume/decision.h"
#include "resume/early_pass.h"
#include "resume/image_disk.h"
#include "resume/image_metadata.h"
#include "resume/kernel_image.h"
#include "resume/memory_use.h"
#include "resume/mounts.h"
#include "resume/phase_clock.h"
#include "resume/power_off.h"
#include "resume/published_range.h"
#include "resume/restore_options.h"
#include "resume/restore_pipeline.h"
#include "resume/same_processor.h"
#include "resume/witness.h"

namespace nvresume {
namespace {

/// At run time a restore would pull the disks away from under mounted file systems, read-only ones
/// included: their caches are in this kernel, and the journal may have been replayed.
Status check_nothing_mounted() {
  const auto mounts = mounts_everywhere();
  if (mounts.empty()) return ok_status();
  return Error(Reason::kFileSystemMounted, mounts[0].source)
      .with(" is mounted on ")
      .with(mounts[0].mount_point);
}

class Restore {
 public:
  Restore(const RestoreOptions& options, Console& console, ImageDisk& image, ImageDisk& swap,
          ImageArea& area, AttemptLog& log, const NvresumeRange& range)
      : options_(options),
        console_(console),
        image_(image),
        swap_(swap),
        area_(area),
        log_(log),
        range_(range),
        record_(log.begin(AttemptKind::kResume)),
        clock_(record_),
        counted_(is_attempt_counted(area.superblock())) {}

  /// Returns only where it did not resume.
  Error run();

 private:
  Status resume();
  Status check_image();
  void begin_record();
  void tell_last_attempt();
  Status check_metadata_record();
  Status load_and_jump();
  Status load(KernelSnapshot& device);
  Error jump(KernelSnapshot& device);
  void try_again(const Error& failure);
  void note(const Error& error);
  void drop(const Error& error);

  const RestoreOptions& options_;
  Console& console_;
  ImageDisk& image_;
  ImageDisk& swap_;
  ImageArea& area_;
  AttemptLog& log_;
  const NvresumeRange& range_;  ///< the stage's, of this boot
  AttemptRecord record_;
  PhaseClock clock_;
  uint8_t verdicts_[kVerdictMaximum] = {};  ///< the stage's, in this boot
  LockedMemory metadata_memory_;
  bool platform_mode_ = false;
  bool counted_;  ///< this attempt is in the superblock's count
};

Error Restore::run() {
  Status resumed = resume();
  drop(resumed.error());  // resume() returns errors only
  return std::move(resumed.error());
}

Status Restore::resume() {
  NVRESUME_TRY(check_image());
  // Raised and flushed before a byte is decoded: a machine that dies in here has used it up. The
  // stage has done it where it knew this initramfs.
  NVRESUME_TRY(area_.begin_attempt());
  counted_ = true;
  (void)log_.store(
      record_);  // an attempt that dies must be seen; one without a log resumes as well
  Status failed = load_and_jump();
  try_again(failed.error());
  return failed;
}

/// The rules that need no byte of the image, cheapest first; none of them counts as an attempt.
Status Restore::check_image() {
  begin_record();
  // Verdicts on another image say nothing about this one.
  if (memcmp(range_.image_id, area_.superblock().image_id, sizeof(range_.image_id)) == 0)
    memcpy(verdicts_, range_.verdicts, sizeof(verdicts_));
  NVRESUME_TRY(check_image_pending(area_, swap_, record_.boot_count));
  NVRESUME_TRY(check_ticket(area_.superblock()));
  tell_last_attempt();
  if (area_.superblock().range_base != range_.range_base)
    return Error(Reason::kRangeMoved, "the image is of the range at ")
        .with_hex(area_.superblock().range_base)
        .with(", this boot's is at ")
        .with_hex(range_.range_base);
  NVRESUME_TRY(check_nothing_mounted());
  return check_metadata_record();
}

void Restore::begin_record() {
  memcpy(record_.image_id, area_.superblock().image_id, sizeof(record_.image_id));
  memcpy(record_.path, "initramfs", 10);
  record_.unix_s = static_cast<uint64_t>(time(nullptr));
  record_.boot_count = area_.superblock().boot_count;
  add_phase(record_, "firmware", range_.firmware_ns);
  add_phase(record_, "stage", range_.stage_ns);
  add_phase(record_, "kernel", clock_ns(CLOCK_BOOTTIME));
}

/// Why the session comes one boot later than somebody expected it.
void Restore::tell_last_attempt() {
  if (!add_end_of_last_attempt(record_, log_, area_.superblock(), record_.boot_count)) return;
  console_.print("%.*s", static_cast<int>(record_.text_bytes - 1), record_.text);  // no newline
}

Status Restore::check_metadata_record() {
  NVRESUME_ASSIGN(metadata_memory_, LockedMemory::map(kMetadataBytesMaximum));
  NVRESUME_ASSIGN(const ConstBytes record,
                  read_metadata(image_, area_.superblock(), metadata_memory_.bytes()));
  const auto& header = *reinterpret_cast<const MetadataHeader*>(record.data());
  console_.print("resuming %s, kernel %s", header.host, header.kernel_release);
  NVRESUME_TRY(check_same_processor(image_, area_.superblock(), record));
  NVRESUME_TRY(check_memory_map(record));
  NVRESUME_ASSIGN(const std::span<const Statistics> statistics,
                  records_of<Statistics>(record, SectionType::kStatistics));
  platform_mode_ = !statistics.empty() && statistics[0].platform_mode != 0;
  clock_.end("check");
  NVRESUME_ASSIGN(const std::span<const Witness> witnesses,
                  records_of<Witness>(record, SectionType::kWitness));
  NVRESUME_TRY(compare_witnesses(witnesses, options_.witness_timeout_ms, verdicts_));
  clock_.end("witness");
  return ok_status();
}

Status Restore::load_and_jump() {
  NVRESUME_ASSIGN(KernelSnapshot device, KernelSnapshot::open(KernelSnapshot::Direction::kRestore));
  clock_.end("open");
  NVRESUME_TRY(load(device));
  return jump(device);
}

/// Everything is verified and in the kernel's hands when this returns; no worker thread is left.
Status Restore::load(KernelSnapshot& device) {
  MemoryUse memory;
  const ImageSlot slot(image_, area_.superblock());
  NVRESUME_ASSIGN(std::unique_ptr<RestorePipeline> pipeline,
                  RestorePipeline::prepare(slot, area_.superblock(), default_worker_count()));
  NVRESUME_TRY(pipeline->load(device, &console_));
  const uint64_t load_ns = clock_.end("load");
  add_phase(record_, "load/write", pipeline->device_ns());
  console_.print("loaded %lu MiB from %lu MiB in %lu ms, %lu %% of it in write() to /dev/snapshot",
                 pipeline->raw_bytes() >> 20, pipeline->stored_bytes() >> 20, load_ns / 1'000'000,
                 pipeline->device_ns() * 100 / std::max<uint64_t>(load_ns, 1));
  memory.tell(console_, "load", record_);
  return ok_status();
}

Error Restore::jump(KernelSnapshot& device) {
  auto frozen = FrozenUserspace::freeze(device);
  if (!frozen.ok()) return std::move(frozen.error());
  if (Status set = device.set_platform_support(platform_mode_); !set.ok())
    return std::move(set.error());
  clock_.end("freeze");
  // The record now, because the world that would write it later is about to vanish.
  (void)log_.store(record_);  // an image resumes as well without its log
  // Consumed in both copies first. A power cut before this resumes at the next boot, one after it
  // boots normally: never twice from one image, whose disks the resumed world has changed.
  if (Status consumed = area_.consume(); !consumed.ok()) return std::move(consumed.error());
  Error returned = device.atomic_restore();
  // Nothing of the image has run.
  if (Status back = area_.unconsume(); !back.ok()) return std::move(back.error());
  return returned;
}

/// Where the image is not at fault it is not given up: a restart clears what was in the way, a task
/// that would not freeze or memory that the kernel could not get, and it is tried again until the
/// attempts are used up. Returns where there is none left.
void Restore::try_again(const Error& failure) {
  if (failure.kind() == ErrorKind::kCorrupt) return;
  // Read again: a write that failed half-way may have left the copies different from each other.
  auto area = ImageArea::open(image_);
  if (!area.ok() || area->state() != State::kCommitted) return;
  counted_ = false;  // it stays counted
  if (area->superblock().attempt_count >= area->superblock().attempt_limit) return;
  note(failure);
  console_.print("%.*s: %.*s; restarting to try once more",
                 static_cast<int>(reason_name(failure.reason()).size()),
                 reason_name(failure.reason()).data(), static_cast<int>(failure.text().size()),
                 failure.text().data());
  restart_machine(console_);
}

/// In the log, for whoever asks why; what follows matters more than that it can be stored.
void Restore::note(const Error& error) {
  record_.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record_.reason = static_cast<uint32_t>(error.reason());
  add_text(record_, error.text());
  (void)log_.store(record_);
}

/// A normal boot follows. Nothing here may stop it; a copy that stays COMMITTED is caught by the
/// ticket at the next boot, and by the booted system's first unit.
void Restore::drop(const Error& error) {
  if (counted_) (void)area_.lower_attempt();
  note(error);
  // Read again: a write that failed half-way may have left the copies different from each other.
  auto area = ImageArea::open(image_);
  Status dropped =
      area.ok() ? drop_image(*area, swap_, error.reason()) : Status(std::move(area.error()));
  if (!dropped.ok())
    console_.print("cannot drop the image: %.*s", static_cast<int>(dropped.error().text().size()),
                   dropped.error().text().data());
}

/// An image the kernel itself wrote into the swap area after our last save. What the image area
/// holds is older and must not come back after it.
Error resume_kernel_image(ImageArea& area, ImageDisk& swap, AttemptLog& log) {
  if (Status mounted = check_nothing_mounted(); !mounted.ok()) return std::move(mounted.error());
  if (Status old = drop_image(area, swap, Reason::kStaleSwapSignature); !old.ok())
    return std::move(old.error());
  AttemptRecord record = log.begin(AttemptKind::kResume);
  memcpy(record.path, "kernel", 7);
  record.unix_s = static_cast<uint64_t>(time(nullptr));
  record.boot_count = area.superblock().boot_count;
  record.reason = static_cast<uint32_t>(Reason::kKernelImage);
  (void)log.store(record);  // before the kernel jumps; it resumes as well without
  Error returned = hand_over_kernel_image(swap.device_number());
  record.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record.reason = static_cast<uint32_t>(returned.reason());
  add_text(record, returned.text());
  (void)log.store(record);
  return returned;
}

/// Returns only where nothing was resumed; why, is the error.
Status restore(const RestoreOptions& options, Console& console) {
  // First: without the stage's range there are no disks either, and they would not say why.
  NVRESUME_ASSIGN(const NvresumeRange range, read_published_range());
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDiskPath));
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDiskPath));
  NVRESUME_ASSIGN(ImageArea area, ImageArea::open(image));
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(image));
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  if (signature == SwapSignature::kKernel) return resume_kernel_image(area, swap, log);
  // A dropped image was told about in the boot that dropped it.
  if (area.state() == State::kFailed) return Error(Reason::kNoImage);
  // A session that is lost is told about: it was handed over and never came back, or never whole.
  if (area.state() != State::kCommitted) return check_image_pending(area, swap);
  return Restore(options, console, image, swap, area, log, range).run();
}

int run_restore(std::span<char* const> args) {
  auto options = parse_restore_options(args);
  if (!options.ok()) {
    const Error& error = options.error();
    (void)fprintf(stderr, "nvresume: %.*s\n", static_cast<int>(error.text().size()),
                  error.text().data());
    return static_cast<int>(error.kind());
  }
  if (options->help) return fputs(kRestoreUsage, stdout), 0;
  Console console;
  if (const auto unread = options->early ? disk_to_wait_for() : std::nullopt) {
    console.print("the EFI stage could not read %s; resuming waits for its disk", unread->c_str());
    return kExitLater;
  }
  const Status refused = restore(*options, console);
  record_refusal(refused.error());
  return static_cast<int>(refused.error().kind());
}

NVRESUME_COMMAND(restore, "bring the saved system back (initramfs)", run_restore);

}  // namespace
}  // namespace nvresume
