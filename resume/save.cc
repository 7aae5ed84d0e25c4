// SPDX-License-Identifier: GPL-2.0-or-later
// save.cc: the running system into the NVM, and the machine off. The steps stand in the order they
// happen; each one's comment says why it stands there.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <optional>

#include "image/commit.h"
#include "resume/allocation_time.h"
#include "resume/attempt_report.h"
#include "resume/background_work.h"
#include "resume/blocked_signals.h"
#include "resume/boot_next.h"
#include "resume/cancel.h"
#include "resume/command.h"
#include "resume/decision.h"
#include "resume/direct_facts.h"
#include "resume/hibernation.h"
#include "resume/image_disk.h"
#include "resume/image_metadata.h"
#include "resume/image_records.h"
#include "resume/kernel_log.h"
#include "resume/make_room.h"
#include "resume/memory_use.h"
#include "resume/phase_clock.h"
#include "resume/platform_watchdog.h"
#include "resume/preconditions.h"
#include "resume/published_range.h"
#include "resume/save_options.h"
#include "resume/sleep_hooks.h"
#include "resume/stopped_clock.h"
#include "resume/system_error.h"
#include "resume/way_back.h"
#include "resume/witness.h"

namespace nvresume {
namespace {

/// "save: chunk-corrupt: chunk 7 of …".
void tell(Console& console, const char* what, const Error& error) {
  const std::string_view name = reason_name(error.reason());
  console.print("%s: %.*s: %.*s", what, static_cast<int>(name.size()), name.data(),
                static_cast<int>(error.text().size()), error.text().data());
}

class Save {
 public:
  Save(const SaveOptions& options, Console& console, ImageDisk& image, ImageDisk& swap,
       ImageArea& area, AttemptLog& log)
      : options_(options),
        console_(console),
        image_(image),
        swap_(swap),
        area_(area),
        log_(log),
        record_(log.begin(AttemptKind::kSave)),
        clock_(record_) {}

  /// Returns ok in the resumed world, an error where the machine never went off.
  Status run();

 private:
  Status attempt();
  Status begin_record();
  Status prepare();
  Status freeze_and_save();
  Result<World> make_snapshot(SnapshotDevice& device);
  Status store_image(SnapshotDevice& device, const FrozenUserspace& frozen);
  Status store_records();
  Status commit_and_power_off(SnapshotDevice& device, const FrozenUserspace& frozen);
  bool never_left();
  Status arrive(FrozenUserspace& frozen);
  Status finish();
  Error take_back(const FrozenUserspace& frozen, Error failure);
  void abandon(const Error& error);
  void note(const Error& error);

  const SaveOptions& options_;
  Console& console_;
  ImageDisk& image_;
  ImageDisk& swap_;
  ImageArea& area_;
  AttemptLog& log_;
  AttemptRecord record_;
  PhaseClock clock_;
  Cancel cancel_ = Cancel::watch();
  const ClockPair start_ = ClockPair::now();
  uint8_t image_id_[16] = {};
  std::unique_ptr<SavePipeline> pipeline_;
  std::optional<MetadataDraft> metadata_;
  std::optional<WitnessSet> witnesses_;
  std::optional<PlatformWatchdog> watchdog_;  ///< one that the stage may arm for the way back
  KernelLog kernel_log_ = KernelLog::from_here();
  MemoryUse memory_;
  Statistics statistics_{};
  ImageRecords records_;
  bool arrived_ = false;  ///< this is the resumed world: nothing of the save may be undone any more
};

Status Save::run() {
  Status saved = attempt();
  if (!saved.ok() && !arrived_) abandon(saved.error());
  return saved;
}

Status Save::attempt() {
  // First: of a crash from here on the next boot knows that a save was cut short.
  NVRESUME_TRY(begin_record());
  // Before anything is locked: what is swapped out from here on is known to come back.
  const uint64_t slot_bytes = area_.superblock().slot_bytes;
  make_room(slot_bytes, plan_save(slot_bytes, options_.settings).memory_bytes(), clock_, console_);
  NVRESUME_TRY(cancel_.check_signals());  // it may have taken minutes, and ends early for this
  NVRESUME_TRY(prepare());
  // WRITING before the freeze: a power cut from here on leaves no image and says what was going on.
  NVRESUME_TRY(area_.begin_save(image_id_));
  NVRESUME_TRY(pipeline_->choose_encoding());
  clock_.end("encoding");
  NVRESUME_TRY(cancel_.check_signals());
  return freeze_and_save();
}

Status Save::begin_record() {
  if (getrandom(image_id_, sizeof(image_id_), 0) != static_cast<ssize_t>(sizeof(image_id_)))
    return system_error(Reason::kInternal, "getrandom", "image id");
  memcpy(record_.image_id, image_id_, sizeof(image_id_));
  memcpy(record_.path, "save", 5);
  record_.unix_s = static_cast<uint64_t>(time(nullptr));
  record_.boot_count = area_.superblock().boot_count;
  return log_.store(record_);
}

/// Everything that allocates, reads a file or starts a program happens before the freeze.
Status Save::prepare() {
  const ImageSlot slot(image_, area_.superblock());
  NVRESUME_ASSIGN(pipeline_, SavePipeline::prepare(slot, options_.settings));
  NVRESUME_ASSIGN(MetadataDraft draft, MetadataDraft::prepare(image_id_));
  metadata_.emplace(std::move(draft));
  watchdog_ = PlatformWatchdog::claim();
  add_direct_sections(metadata_->writer(), image_, area_.superblock(), watchdog_.has_value());
  NVRESUME_ASSIGN(WitnessSet witnesses, WitnessSet::collect());
  witnesses_.emplace(std::move(witnesses));
  NVRESUME_TRY(check_provable(witnesses_->records()));
  NVRESUME_TRY(lock_whole_process());
  clock_.end("prepare");
  return ok_status();
}

Status Save::freeze_and_save() {
  NVRESUME_ASSIGN(KernelSnapshot device, KernelSnapshot::open(KernelSnapshot::Direction::kSave));
  console_.line("saving: freezing user space");
  // The kernel syncs all file systems first: what is on disk now is what the resumed world expects.
  NVRESUME_ASSIGN(FrozenUserspace frozen, FrozenUserspace::freeze(device));
  statistics_.freeze_ns = clock_.end("freeze");
  // Programs ran on until now; what one of them mounted has no witness.
  NVRESUME_TRY(witnesses_->check_mounts());

  // The commit writes the signature of a swap area in use, which the kernel forbids without this.
  NVRESUME_TRY(device.allow_swap_writes(swap_.device_number()));
  NVRESUME_TRY(device.set_platform_support(wants_platform(options_.mode)));
  NVRESUME_ASSIGN(const World world, make_snapshot(device));
  if (world == World::kRestored) {
    if (!never_left()) return arrive(frozen);
    return Error(Reason::kWakeEvent, "something woke the machine while the snapshot was made");
  }
  memory_ = MemoryUse();  // what shrank for the snapshot must not hide what grows from here on

  cancel_.forget_keys();
  device.give_up_with(cancel_);
  if (cancel_.has_keyboard()) console_.line("saving: Escape cancels");
  NVRESUME_TRY(store_image(device, frozen));
  NVRESUME_TRY(cancel_.check());  // the last moment at which nothing has to be taken back
  return commit_and_power_off(device, frozen);
}

/// As large as the slot and half of memory allow. The kernel shrinks to that what make_room() left,
/// and would keep the size for every later hibernation: it gets the administrator's back, in both
/// worlds.
Result<World> Save::make_snapshot(SnapshotDevice& device) {
  const uint64_t asked_bytes = asked_image_bytes();
  NVRESUME_TRY(device.set_preferred_bytes(preferred_image_bytes_now(pipeline_->capacity_bytes())));
  const ClockPair before = ClockPair::now();
  Result<World> world = device.create_image();
  if (asked_bytes != UINT64_MAX) (void)device.set_preferred_bytes(asked_bytes);
  if (!world.ok() || *world == World::kRestored) return world;
  const uint64_t copy_ns = stopped_ns(start_, before, ClockPair::now());
  statistics_.snapshot_ns = clock_.end("snapshot", copy_ns);
  AllocationTime allocation;
  kernel_log_.each_record([&allocation](std::string_view record) { allocation.take(record); });
  add_phase(record_, "snapshot/alloc", allocation.duration_ns());
  add_phase(record_, "snapshot/copy", copy_ns);
  return world;
}

Status Save::store_image(SnapshotDevice& device, const FrozenUserspace& frozen) {
  // Worker threads start in here, after CREATE_IMAGE: the freezer would have stopped them.
  NVRESUME_TRY(pipeline_->store(device, frozen, &console_));
  statistics_.store_ns = clock_.end("store");
  add_phase(record_, "store/read", pipeline_->device_ns());
  memory_.sample();
  NVRESUME_TRY(pipeline_->verify(frozen));
  statistics_.verify_ns = clock_.end("verify");
  // As late as can be: programs are frozen, but the kernel's own writeback may still store what was
  // dirty at the snapshot.
  NVRESUME_TRY(witnesses_->hash());
  clock_.end("witness");
  NVRESUME_TRY(store_records());
  clock_.end("metadata");
  return ok_status();
}

Status Save::store_records() {
  statistics_.raw_bytes = pipeline_->raw_bytes();
  statistics_.stored_bytes = pipeline_->frames_end_bytes();
  statistics_.same_filled_pages = pipeline_->same_filled_pages();
  statistics_.worker_count = pipeline_->worker_count();
  statistics_.platform_mode = wants_platform(options_.mode) ? 1 : 0;
  NVRESUME_TRY(
      metadata_->complete(pipeline_->raw_bytes() / kPageBytes, witnesses_->records(), statistics_));
  NVRESUME_ASSIGN(records_,
                  store_image_records(image_, *pipeline_, metadata_->record(), image_id_));
  return ok_status();
}

Status Save::commit_and_power_off(SnapshotDevice& device, const FrozenUserspace& frozen) {
  Status committed = commit_image(area_, swap_, records_.metadata, records_.index);
  // Even a failed commit may have reached one copy: from here on there is only the one way back.
  if (!committed.ok()) return take_back(frozen, std::move(committed.error()));
  clock_.end("commit");
  record_.outcome = static_cast<uint32_t>(AttemptOutcome::kDone);
  memory_.tell(console_, "save", record_);
  (void)log_.store(record_);  // the image is whole without its log; nobody is left to tell
  console_.print("saved: %lu MiB as %lu MiB %s; powering off", statistics_.raw_bytes >> 20,
                 statistics_.stored_bytes >> 20,
                 pipeline_->encoding() == EncodingChoice::kRaw ? "raw" : "zstd");
  return take_back(frozen, power_off(device, options_.mode, frozen, console_));
}

/// The log first: a power cut on the way back must not leave a save that reads as done, and a
/// session that is gone without a word.
Error Save::take_back(const FrozenUserspace& frozen, Error failure) {
  note(failure);
  return go_back(area_, swap_, frozen, console_, std::move(failure));
}

/// A wake-up in the last moment before the copy makes the kernel return as if it had been restored
/// (kernel/power/hibernate.c: pm_wakeup_pending() before in_suspend is set). What was handed to a
/// kernel is CONSUMED; this save's WRITING never left the machine.
bool Save::never_left() {
  const auto area = ImageArea::peek(image_);
  return area.ok() && area->state() == State::kWriting &&
         memcmp(area->superblock().image_id, image_id_, sizeof(image_id_)) == 0;
}

/// The resumed world: memory is as it was at the snapshot, the NVM and the disks went on. Nothing
/// read before the snapshot may be believed.
Status Save::arrive(FrozenUserspace& frozen) {
  arrived_ = true;
  const uint64_t arrived_ns = clock_ns();
  // While /dev/snapshot is open: afterwards the swap signature cannot be written (ETXTBSY).
  Status finished = finish();
  if (watchdog_) watchdog_->stop(console_);
  Status thawed = frozen.thaw();
  (void)munlockall();  // the process ends soon; the machine may be short of memory
  console_.line("resumed");
  record_resumed();
  Status reported = report_resume(console_, image_, image_id_, clock_ns() - arrived_ns);
  if (!reported.ok()) tell(console_, "no phase times", reported.error());
  return finished.ok() ? std::move(thawed) : std::move(finished);
}

Status Save::finish() {
  NVRESUME_ASSIGN(ImageArea area, ImageArea::open(image_));
  return finish_resume(area, swap_);
}

/// The save failed before the commit, or was taken back: no image, and the log says why. Errors of
/// these writes change nothing: WRITING is no image either.
void Save::abandon(const Error& error) {
  if (area_.state() == State::kWriting) (void)area_.clear();
  if (record_.outcome != static_cast<uint32_t>(AttemptOutcome::kRefused)) note(error);
}

void Save::note(const Error& error) {
  record_.outcome = static_cast<uint32_t>(AttemptOutcome::kRefused);
  record_.reason = static_cast<uint32_t>(error.reason());
  add_text(record_, error.text());
  (void)log_.store(record_);
}

Status refuse_pending_image(const ImageArea& area) {
  if (area.state() != State::kCommitted) return ok_status();
  return Error(
      Reason::kNotDropped,
      "an image of an earlier save is still pending; restart nvresume-boot.service drops it");
}

/// Until `image` is closed, in the resumed world.
Status keep_others_out(const ImageDisk& image) {
  NVRESUME_ASSIGN(const bool alone, image.try_lock(DiskLock::kSave));
  if (!alone)
    return Error(Reason::kSnapshotBusy,
                 "another save, or nvresume settle, is under way; wait for its end");
  return image.lock(DiskLock::kSlot);  // a scrub has it for no longer than a part takes
}

Status save(const SaveOptions& options, Console& console) {
  // All that can refuse does so here, while nothing was touched. Lockdown first: it forbids loading
  // the driver too, and a missing disk would hide why.
  NVRESUME_TRY(check_hibernation_available());
  NVRESUME_ASSIGN(const NvresumeRange range, read_published_range());
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDiskPath));
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDiskPath));
  NVRESUME_TRY(keep_others_out(image));
  NVRESUME_ASSIGN(ImageArea area, ImageArea::open(image));
  NVRESUME_TRY(refuse_pending_image(area));
  NVRESUME_TRY(check_save_preconditions(range, area));
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(image));

  // Until the hooks' "post" and BootNext's way back are done, too.
  const BlockedSignals blocked;
  const SleepHooks hooks;  // their "post" runs at the end of this scope, whatever happens in it
  NVRESUME_ASSIGN(const BootNext boot_next, BootNext::set_to_nvresume());
  Save attempt(options, console, image, swap, area, log);
  Status saved = attempt.run();
  start_background_work();  // also of a save that did not come to its end
  return saved;
}

int run_save(std::span<char* const> args) {
  auto options = parse_save_options(args);
  if (options.ok() && options->help) return fputs(kSaveUsage, stdout), 0;
  Console console;
  const Status saved = options.ok() ? save(*options, console) : Status(Error(options.error()));
  if (saved.ok()) return 0;
  tell(console, "save", saved.error());
  return static_cast<int>(saved.error().kind());
}

NVRESUME_COMMAND(save, "save the running system into the NVM and power off", run_save);

}  // namespace
}  // namespace nvresume
