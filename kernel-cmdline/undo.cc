// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/undo.h"

#include <algorithm>
#include <vector>

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/file_before.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/grub_config.h"
#include "kernel-cmdline/hex.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/own_namespace.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/range_view.h"
#include "kernel-cmdline/range_wipe.h"
#include "resume/attach.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// There while a wipe is under way.
constexpr char kWipingPath[] = "/var/lib/nvresume/wiping";

bool is_swapped_on() {
  const std::string swaps = read_text_or_empty("/proc/swaps");
  return std::ranges::any_of(split_lines(swaps), [](std::string_view line) {
    const auto words = split_words(line);
    return !words.empty() && words[0] == kSwapDisk;
  });
}

Result<RangeView> view_recorded_range(const JournalEntry& entry) {
  const auto range = parse_range(entry.object);
  const auto image_bytes = parse_number(entry.before);
  if (!range || !image_bytes)
    return Error(Reason::kInternal, kJournalPath).with(": the range's line makes no sense");
  return view_range(*range, *image_bytes);
}

/// Swap first: what was swapped out comes back into memory, or everything stays as it is.
Status undo_range(const JournalEntry& entry, const UndoOptions& options) {
  if (is_swapped_on()) {
    const Status off = run_program({"swapoff", kSwapDisk});
    if (!off.ok())
      return Error(Reason::kNoRoom,
                   "what is swapped out does not fit into memory; close programs "
                   "and run nvresume remove again");
  }
  if (options.leave_range) return ok_status();
  NVRESUME_TRY(check_range_undoable(entry, options));
  NVRESUME_ASSIGN(RangeView view, view_recorded_range(entry));
  // Without our superblocks it is somebody else's by now, unless we were cut off after taking them
  // away ourselves.
  NVRESUME_ASSIGN(const bool ours, is_range_ours(view));
  if (!ours && !file_exists(kWipingPath)) return ok_status();
  NVRESUME_TRY(write_durably(kWipingPath, ""));
  // A scrub at work would repair one copy of the superblock while the other is zeroed.
  NVRESUME_TRY(view.image.lock(DiskLock::kSlot));
  return wipe_range(view.image, view.swap);
}

Status undo_variable(const JournalEntry& entry) {
  const auto contents = from_hex(entry.before);
  if (!contents) return remove_efi_variable(EfiVendor::kNvresume, entry.object);
  NVRESUME_TRY(ensure_efi_variable(EfiVendor::kNvresume, entry.object, *contents));
  return ok_status();
}

Status undo_file(const JournalEntry& entry) {
  // Its directory may be gone, and with it the file.
  if (!file_exists(directory_of(entry.object)) && entry.before == "absent") return ok_status();
  return restore_before(entry.object, entry.before);
}

}  // namespace

std::string describe_change(const JournalEntry& entry) {
  switch (entry.change) {
    case Change::kRange:
      return "range " + entry.object + ": swap off, overwritten with zeros";
    case Change::kBootOrder:
      return "boot order: without nvresume";
    case Change::kBootEntry:
      return "boot entry " + entry.object + ": deleted";
    case Change::kVariable:
      return "EFI variable " + entry.object + ": as before";
    case Change::kNamespace:
      return "namespace nvresume: deleted, its NVM is free";
    case Change::kFstab:
      return "file " + entry.object + ": without its lines of nvresume";
    case Change::kFile:
      return "file " + entry.object + (entry.before == "absent" ? ": deleted" : ": as before");
    case Change::kDirectory:
      return "directory " + entry.object + ": deleted if empty";
    case Change::kGrub:
      return "file " + entry.object + ": as before";
    case Change::kInitramfs:
      return "initramfs " + initramfs_path(entry.object) + ": made again without nvresume";
  }
  return "";
}

Status check_range_undoable(const JournalEntry& entry, const UndoOptions& options) {
  if (options.leave_range) return ok_status();
  auto view = view_recorded_range(entry);
  if (!view.ok())
    return Error(view.error())
        .with("; or --leave-range, if the NVM was taken out or its contents may stay");
  NVRESUME_ASSIGN(const bool pending, is_image_pending(view.value()));
  if (pending && !options.discard_image)
    return Error(Reason::kNotDropped,
                 "a saved session waits in the range: restart to resume it, "
                 "or say --discard-image");
  return ok_status();
}

Status undo_change(const JournalEntry& entry, const SetupState& state, const UndoOptions& options) {
  switch (entry.change) {
    case Change::kRange:
      return undo_range(entry, options);
    case Change::kBootOrder:
      return remove_from_boot_order(entry.before == "absent");
    case Change::kBootEntry:
      return remove_boot_entries();
    case Change::kVariable:
      return undo_variable(entry);
    case Change::kNamespace:
      return options.leave_range ? ok_status() : delete_own_namespace(entry.object);
    case Change::kFstab:
      return undo_fstab(entry.before);
    case Change::kFile:
      return undo_file(entry);
    case Change::kDirectory:
      return remove_directory_durably(entry.object);
    case Change::kGrub:
      return undo_grub_config(entry.before, state);
    case Change::kInitramfs:
      return undo_initramfs(entry.object, entry.before);
  }
  return Error(Reason::kInternal, "an unknown change in the journal");
}

}  // namespace nvresume
