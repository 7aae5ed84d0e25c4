// SPDX-License-Identifier: GPL-2.0-or-later
// check.cc: nvresume check: whether a save made now would be resumed, and what to do where it would
// not; what changed in this machine between the last boots.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "image/image_area.h"
#include "image/trial_record.h"
#include "resume/attach.h"
#include "resume/check_report.h"
#include "resume/command.h"
#include "resume/image_disk.h"
#include "resume/locked_memory.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume check [--json]\n"
    "Tells whether a save made now would be resumed: every precondition with what was found and,\n"
    "where it does not hold, what to do. `fail` keeps nvresume save from starting, `warn` does "
    "not.\n"
    "Then what changed in this machine between the last boots. Exit status 0: ready.\n";

/// Whether direct resume was tried with this machine and kernel.
Status check_direct_trial(std::string_view kernel_release) {
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDisk, ImageDisk::Access::kReadOnly));
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::peek(image));
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(kFingerprintBytes));
  const Geometry geometry = geometry_of(area.superblock());
  NVRESUME_ASSIGN(const Fingerprint* now,
                  read_fingerprint(image, geometry, area.superblock().boot_count, memory.bytes()));
  NVRESUME_ASSIGN(const TrialRecord trial, read_trial(image, geometry));
  return check_trial(trial, *now, kernel_release);
}

/// The boot that formatted the range went through the stage before there was a place to record it
/// in.
std::string what_to_do(const Error& untried) {
  if (untried.reason() != Reason::kFingerprintMissing) return std::string(untried.text());
  return "the stage did not record this boot; restart, then run nvresume trial";
}

CheckReport make_report() {
  const CheckedMachine machine = look_at_machine();
  CheckReport report;
  report.rows = run_checks(machine);
  report.history = machine.history;
  if (!machine.superblock) return report;
  const Status tried = check_direct_trial(machine.kernel_release);
  report.direct_tried = tried.ok();
  report.direct_text =
      tried.ok() ? "tried with this machine and kernel" : what_to_do(tried.error());
  return report;
}

int check(bool as_json) {
  if (::geteuid() != 0) {
    (void)fputs("nvresume: check: not-permitted: run it as root\n", stderr);
    return static_cast<int>(ErrorKind::kRefused);
  }
  const CheckReport report = make_report();
  (void)fputs((as_json ? check_json(report) : check_text(report)).c_str(), stdout);
  const CheckRow* failure = find_failure(report.rows);
  return failure == nullptr ? 0 : static_cast<int>(reason_kind(failure->finding.reason));
}

int run_check(std::span<char* const> args) {
  const bool as_json = args.size() == 2 && ::strcmp(args[1], "--json") == 0;
  if (args.size() == 1 || as_json) return check(as_json);
  const bool help = args.size() == 2 && ::strcmp(args[1], "--help") == 0;
  (void)fputs(kUsage, help ? stdout : stderr);
  return help ? 0 : static_cast<int>(ErrorKind::kUsage);
}

NVRESUME_COMMAND(check, "whether a save would be resumed, and what to do if not", run_check);

}  // namespace
}  // namespace nvresume
