// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/finish.h"

#include "image/image_area.h"
#include "image/swap_signature.h"
#include "kernel-cmdline/blank.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/nvm_range.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/setup_state.h"
#include "resume/attach.h"
#include "resume/console.h"
#include "resume/image_disk.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

/// The range setup named must be the one the stage reserved.
Result<NvresumeRange> published_as_set_up() {
  const auto chosen = parse_range(SetupState::load(kUnfinishedPath).get("range"));
  if (!chosen)
    return Error(Reason::kInternal, kUnfinishedPath)
        .with(" names no range; run nvresume setup again");
  NVRESUME_ASSIGN(const NvresumeRange range, read_published_range());
  if (range.range_base != chosen->base || range.image_bytes + range.swap_bytes > chosen->bytes)
    return Error(Reason::kRangeMoved, "the stage reserved a range at ")
        .with_hex(range.range_base)
        .with(", setup named ")
        .with(format_range(*chosen));
  return range;
}

/// Superblocks that are there already are kept: an earlier finish was cut off before mkswap, or the
/// range was nvresume's before. Else both areas are looked at before either is written, so that a
/// range that is somebody's stays whole.
Status format_image_area(const NvresumeRange& range) {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(kImageDiskPath));
  const auto existing = ImageArea::peek(disk);
  if (existing.ok()) return ok_status();
  if (existing.error().reason() != Reason::kNotFormatted) return Error(existing.error());
  NVRESUME_TRY(check_blank(kImageDiskPath));
  NVRESUME_TRY(check_blank(kSwapDiskPath));
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
  NVRESUME_ASSIGN(const NvresumeRange range, published_as_set_up());
  NVRESUME_TRY(attach_disks(range));
  NVRESUME_TRY(format_image_area(range));
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
  console.print("setup finished: image area %llu MiB, swap area %llu MiB",
                static_cast<unsigned long long>(finished.value().image_bytes / kMiB),
                static_cast<unsigned long long>(finished.value().swap_bytes / kMiB));
  return ok_status();
}

}  // namespace nvresume
