// SPDX-License-Identifier: GPL-2.0-or-later
// check.cc: nvresume check: what changed in this machine between the last boots. A map that moves
// by a few pages makes the kernel refuse an image; here it shows before anything is saved.
#include <stdio.h>
#include <string.h>

#include <string>

#include "image/image_area.h"
#include "image/trial_record.h"
#include "resume/command.h"
#include "resume/image_disk.h"
#include "resume/locked_memory.h"
#include "resume/machine.h"

namespace nvresume {
namespace {

std::string text_of(std::string_view text) { return std::string(text); }

/// One line for a boot, against the boot before it. False where the ring no longer holds either.
bool print_boot(ImageDisk& image, const Geometry& geometry, uint64_t boot, Bytes now,
                Bytes before) {
  const auto newer = read_fingerprint(image, geometry, boot, now);
  const auto older = read_fingerprint(image, geometry, boot - 1, before);
  if (!newer.ok() || !older.ok()) return false;
  const Status same = compare_fingerprints(**older, **newer);
  ::printf("boot %-8llu %s\n", static_cast<unsigned long long>(boot),
           same.ok() ? "as the boot before" : text_of(same.error().text()).c_str());
  return true;
}

void print_trial(ImageDisk& image, const Superblock& superblock, Bytes buffer,
                 std::string_view kernel_release) {
  const Geometry geometry = geometry_of(superblock);
  const auto now = read_fingerprint(image, geometry, superblock.boot_count, buffer);
  const auto trial = read_trial(image, geometry);
  const Status passed = !now.ok()     ? Status(Error(now.error()))
                        : !trial.ok() ? Status(Error(trial.error()))
                                      : check_trial(*trial, **now, kernel_release);
  ::printf("direct resume: %s\n", passed.ok() ? "tried with this machine and kernel"
                                              : text_of(passed.error().text()).c_str());
}

Status check_machine() {
  NVRESUME_ASSIGN(ImageDisk image, ImageDisk::open(kImageDiskPath, ImageDisk::Access::kReadOnly));
  NVRESUME_ASSIGN(const ImageArea area, ImageArea::peek(image));
  NVRESUME_ASSIGN(LockedMemory memory, LockedMemory::map(2 * kFingerprintBytes));
  const Bytes now = memory.cut(kFingerprintBytes), before = memory.cut(kFingerprintBytes);
  const Superblock& superblock = area.superblock();
  for (uint64_t boot = superblock.boot_count; boot > 1; --boot)
    if (!print_boot(image, geometry_of(superblock), boot, now, before)) break;
  MetadataHeader machine{};
  describe_machine(machine);
  print_trial(image, superblock, now, machine.kernel_release);
  return ok_status();
}

int run_check(std::span<char* const> args) {
  if (args.size() > 1) {
    const bool help = ::strcmp(args[1], "--help") == 0;
    (void)fputs("usage: nvresume check\n", help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const Status checked = check_machine();
  if (checked.ok()) return 0;
  ::fprintf(stderr, "nvresume: check: %s\n", text_of(checked.error().text()).c_str());
  return static_cast<int>(checked.error().kind());
}

NVRESUME_COMMAND(check, "show what changed in this machine between the last boots", run_check);

}  // namespace
}  // namespace nvresume
