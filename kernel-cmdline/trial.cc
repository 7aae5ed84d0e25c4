// SPDX-License-Identifier: GPL-2.0-or-later
// trial.cc: nvresume trial: a save and a direct resume at a moment somebody chose, then a look at
// everything that could have been left broken. Only what passed is used without being asked.
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <string>

#include "image/attempt_log.h"
#include "image/image_area.h"
#include "image/trial_record.h"
#include "image/unreported.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/stage_config.h"
#include "kernel-cmdline/trial_checks.h"
#include "resume/command.h"
#include "resume/image_disk.h"
#include "resume/locked_memory.h"
#include "resume/report_failure.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume trial [--off|--auto]\n"
    "Saves this system, powers off, and after the next power-on resumes it directly from the EFI\n"
    "stage; then checks CPUs, disks, clock, power button, EFI variables and the kernel log. A "
    "machine\n"
    "that passes resumes directly from then on, until its hardware, firmware or kernel changes.\n"
    "Close what must not be lost first.\n"
    "  --off   never resume directly\n"
    "  --auto  resume directly where the last trial passed (the default)\n";

Status set_direct(DirectMode mode) {
  auto config = read_stage_config();
  if (!config) return Error(Reason::kNoRange, "nvresume is not set up (nvresume setup)");
  config->direct = static_cast<uint32_t>(mode);
  auto written = ensure_stage_config(*config);
  if (!written.ok()) return Error(written.error());
  return ok_status();
}

/// Whoever starts a trial has seen that a direct attempt never reported back.
Status lift_block(ImageDisk& image) {
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::peek(image));
  return allow_direct_again(image, geometry_of(area.superblock()));
}

/// Which way this session came back, and why not directly.
Status check_came_directly(Nvm& area) {
  NVRESUME_ASSIGN(AttemptLog log, AttemptLog::open(area));
  for (uint64_t sequence = log.last_sequence(); sequence >= log.first_sequence(); --sequence) {
    Result<AttemptRecord> record = log.read(sequence);
    if (!record.ok() || record->kind == static_cast<uint32_t>(AttemptKind::kSave)) break;
    if (!is_direct(*record)) continue;
    if (record->outcome == static_cast<uint32_t>(AttemptOutcome::kDone)) return ok_status();
    return Error(Reason::kDirectUntried, "the stage did not resume directly: ")
        .with(reason_name(static_cast<Reason>(record->reason)))
        .with(": ")
        .with(std::string_view(record->text, record->text_bytes));
  }
  return Error(Reason::kDirectUntried, "the stage did not resume directly");
}

void describe(const Status& passed, TrialRecord& record) {
  record.outcome =
      static_cast<uint32_t>(passed.ok() ? TrialOutcome::kPassed : TrialOutcome::kFailed);
  record.unix_s = static_cast<uint64_t>(::time(nullptr));
  struct utsname names = {};
  (void)::uname(&names);  // cannot fail with a valid buffer
  (void)snprintf(record.kernel_release, sizeof(record.kernel_release), "%s", names.release);
  if (!passed.ok())
    (void)snprintf(record.text, sizeof(record.text), "%.*s",
                   static_cast<int>(passed.error().text().size()), passed.error().text().data());
}

/// The outcome, with the fingerprint the stage took in the boot that brought us back.
Status store_outcome(ImageDisk& image, const Status& passed) {
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::open(image));
  const Geometry geometry = geometry_of(area.superblock());
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(kFingerprintBytes));
  NVRESUME_ASSIGN(const Fingerprint* fingerprint,
                  read_fingerprint(image, geometry, area.superblock().boot_count, memory.bytes()));
  TrialRecord record{};
  describe(passed, record);
  memcpy(record.items, fingerprint->items, sizeof(record.items));
  return store_trial(image, geometry, record);
}

Status try_it(ImageDisk& image) {
  NVRESUME_TRY(lift_block(image));
  const TrialChecks checks = TrialChecks::observe();
  NVRESUME_TRY(set_direct(DirectMode::kTrial));
  // Its own process: what a save locks and replaces ends with it.
  Status saved = run_program({"/proc/self/exe", "save", "--mode", "platform"});
  NVRESUME_TRY(set_direct(DirectMode::kAuto));
  if (!saved.ok()) return Error(saved.error());
  NVRESUME_TRY(check_came_directly(image));
  return checks.compare();
}

Status trial() {
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDiskPath));
  Status passed = try_it(image);
  NVRESUME_TRY(store_outcome(image, passed));
  return passed;
}

int run_trial(std::span<char* const> args) {
  const std::string_view option = args.size() > 1 ? args[1] : "";
  if (args.size() > 2 || (!option.empty() && option != "--off" && option != "--auto")) {
    const bool help = option == "--help";
    (void)fputs(kUsage, help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const Status done = option == "--off"    ? set_direct(DirectMode::kOff)
                      : option == "--auto" ? set_direct(DirectMode::kAuto)
                                           : trial();
  if (done.ok()) {
    if (option.empty()) ::puts("nvresume: trial passed: this machine resumes directly from now on");
    return 0;
  }
  return report_failure("trial failed", done.error());
}

NVRESUME_COMMAND(trial, "save and resume directly once, and check what came back", run_trial);

}  // namespace
}  // namespace nvresume
