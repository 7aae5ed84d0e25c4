// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/finish.h"

#include "image/image_area.h"
#include "image/swap_signature.h"
#include "kernel-cmdline/blank.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/journal.h"
#include "kernel-cmdline/nvm_range.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/range_wipe.h"
#include "kernel-cmdline/setup_state.h"
#include "resume/attach.h"
#include "resume/console.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

struct Unfinished {
  NvmRange range;
  bool erase = false;  ///< somebody typed that what lies in this very range may be lost
};

Result<Unfinished> read_unfinished() {
  const SetupState marker = SetupState::load(kUnfinishedPath);
  const auto range = parse_range(marker.get("range"));
  if (!range)
    return Error(Reason::kInternal, kUnfinishedPath)
        .with(" names no range; run nvresume setup again");
  return Unfinished{*range, parse_range(marker.get("erase")) == range};
}

/// The range setup named must be the one the stage reserved.
Result<NvresumeRange> published_as_set_up(const NvmRange& chosen) {
  NVRESUME_ASSIGN(const NvresumeRange range, read_published_range());
  if (range.range_base != chosen.base || range.image_bytes + range.swap_bytes > chosen.bytes)
    return Error(Reason::kRangeMoved, "the stage reserved a range at ")
        .with_hex(range.range_base)
        .with(", setup named ")
        .with(format_range(chosen))
        .with("; run nvresume setup again");
  return range;
}

/// From here on remove gives the range back.
Status record_range(const NvresumeRange& range) {
  NVRESUME_ASSIGN(Journal journal, Journal::load());
  const NvmRange whole{range.range_base, range.image_bytes + range.swap_bytes};
  return journal.record({Change::kRange, format_range(whole), std::to_string(range.image_bytes)});
}

Status erase_both(Nvm& image) {
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDiskPath));
  NVRESUME_TRY(wipe_ends(image));
  return wipe_ends(swap);
}

/// Superblocks that are there already are kept: an earlier finish was cut off before mkswap, or the
/// range was nvresume's before. Else both areas are looked at before either is written, so that a
/// range that is somebody's stays whole.
Status format_image_area(const NvresumeRange& range, bool erase) {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(kImageDiskPath));
  const auto existing = ImageArea::peek(disk);
  if (existing.ok()) return record_range(range);
  if (existing.error().reason() != Reason::kNotFormatted) return Error(existing.error());
  if (erase) NVRESUME_TRY(erase_both(disk));
  NVRESUME_TRY(check_blank(kImageDiskPath));
  NVRESUME_TRY(check_blank(kSwapDiskPath));
  // Only now: what was not blank is never remove's to overwrite.
  NVRESUME_TRY(record_range(range));
  NVRESUME_TRY(ImageArea::format(disk, range.range_base, {range.image_bytes, range.swap_bytes}));
  return ok_status();
}

Status make_swap() {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(kSwapDiskPath, ImageDisk::Access::kReadOnly));
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(disk));
  if (signature != SwapSignature::kNone) return ok_status();
  NVRESUME_TRY(check_blank(kSwapDiskPath));
  return run_program({"mkswap", kSwapDiskPath});
}

Result<NvresumeRange> finish() {
  NVRESUME_ASSIGN(const Unfinished unfinished, read_unfinished());
  NVRESUME_ASSIGN(const NvresumeRange range, published_as_set_up(unfinished.range));
  NVRESUME_TRY(attach_disks(range));
  NVRESUME_TRY(format_image_area(range, unfinished.erase));
  NVRESUME_TRY(make_swap());
  NVRESUME_TRY(remove_durably(kUnfinishedPath));
  return range;
}

}  // namespace

Status finish_setup() {
  if (!file_exists(kUnfinishedPath)) return ok_status();
  Console console;
  const auto finished = finish();
  if (!finished.ok()) {
    const Error& error = finished.error();
    const std::string reason(reason_name(error.reason()));
    const std::string text(error.text());
    console.print("setup not finished: %s: %s", reason.c_str(), text.c_str());
    return Error(error);
  }
  console.print(
      "setup finished: image area %llu MiB, swap area %llu MiB; systemctl hibernate saves",
      static_cast<unsigned long long>(finished.value().image_bytes / kMiB),
      static_cast<unsigned long long>(finished.value().swap_bytes / kMiB));
  return ok_status();
}

}  // namespace nvresume
