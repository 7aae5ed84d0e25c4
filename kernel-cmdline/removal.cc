// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/removal.h"

#include <algorithm>

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/changes.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/file_before.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/grub_config.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/loader_path.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/process.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kStateDirectory[] = "/var/lib/nvresume";

/// Adds what the journal does not know but is recognisably ours: what others generated from our
/// drop-ins since (a kernel installed later has our initramfs, an update-grub our resume=), and,
/// should the journal have been lost, the rest.
class Plan {
 public:
  explicit Plan(std::vector<JournalEntry> recorded) : entries_(std::move(recorded)) {}
  void add(Change change, const std::string& object, const std::string& before) {
    const auto is_it = [&](const JournalEntry& entry) {
      return entry.change == change && entry.object == object;
    };
    if (std::ranges::none_of(entries_, is_it)) entries_.push_back({change, object, before});
  }
  void add_firmware() {
    const auto ours = our_boot_entries();
    if (!ours.empty()) add(Change::kBootOrder, "BootOrder", "present");
    for (const uint16_t number : ours) add(Change::kBootEntry, boot_variable(number), "absent");
    for (const std::string& name : list_efi_variables(EfiVendor::kNvresume))
      add(Change::kVariable, name, "absent");
  }
  void add_files() {
    for (const OwnedFile& file : owned_files())
      if (read_bytes(file.path) == std::string(file.contents))
        add(Change::kFile, std::string(file.path), "absent");
    if (is_link_to(kUnitLink, kUnit)) add(Change::kFile, kUnitLink, "absent");
    if (read_bytes("/etc/fstab").value_or("").find(kFstabBlock) != std::string::npos)
      add(Change::kFstab, "/etc/fstab", "whole");
  }
  void add_generated() {
    if (grub_config_has_resume()) add(Change::kGrub, kGrubConfigPath, "");
    for (const std::string& kernel : installed_kernels())
      if (initramfs_has_program(kernel)) add(Change::kInitramfs, kernel, "present");
  }
  std::vector<JournalEntry> in_order() && {
    std::ranges::stable_sort(entries_, {}, &JournalEntry::change);
    return std::move(entries_);
  }

 private:
  std::vector<JournalEntry> entries_;
};

bool is_generated(Change change) { return change == Change::kGrub || change == Change::kInitramfs; }

bool is_firmware(Change change) {
  return change == Change::kBootOrder || change == Change::kBootEntry ||
         change == Change::kVariable;
}

/// Without them our entry would look as if it were gone.
Status check_firmware() {
  if (are_efi_variables_there()) return ok_status();
  return Error(Reason::kUnsupportedSetup,
               "EFI variables cannot be reached in this boot, and our boot entry is one; start the "
               "machine by UEFI with efivarfs mounted");
}

/// An ESP that is not mounted looks as if the stage were gone.
Status check_mounted(const std::string& path) {
  const size_t at = path.find(path_below("", kStagePathOnEsp));
  if (at == std::string::npos) return ok_status();
  if (file_exists(path.substr(0, at) + "/EFI")) return check_esp_writable(path.substr(0, at));
  return Error(Reason::kUnsupportedSetup, "the EFI system partition is not mounted at ")
      .with(path.substr(0, at))
      .with("; mount it");
}

/// Not in a chroot, where no systemd runs to be told.
Status tell_systemd() {
  if (!file_exists("/run/systemd/system")) return ok_status();
  return run_program({"systemctl", "daemon-reload"});
}

/// The journal last: while it is there, remove has not ended.
Status remove_state() {
  for (const std::string& name : list_directory(kKeptDirectory))
    NVRESUME_TRY(remove_durably(std::string(kKeptDirectory) + "/" + name));
  NVRESUME_TRY(remove_directory_durably(kKeptDirectory));
  for (const std::string& name : list_directory(kStateDirectory)) {
    const std::string path = std::string(kStateDirectory) + "/" + name;
    if (path != kJournalPath) NVRESUME_TRY(remove_durably(path));
  }
  NVRESUME_TRY(remove_durably(kJournalPath));
  return remove_directory_durably(kStateDirectory);
}

}  // namespace

Result<std::vector<JournalEntry>> plan_removal() {
  NVRESUME_ASSIGN(const Journal journal, Journal::load());
  Plan plan(journal.undo_order());
  plan.add_firmware();
  plan.add_files();
  plan.add_generated();
  return std::move(plan).in_order();
}

Status check_removal(const std::vector<JournalEntry>& plan, const UndoOptions& options) {
  for (const JournalEntry& entry : plan) {
    if (entry.change == Change::kRange) NVRESUME_TRY(check_range_undoable(entry, options));
    if (is_firmware(entry.change)) NVRESUME_TRY(check_firmware());
    if (entry.change == Change::kFile) NVRESUME_TRY(check_mounted(entry.object));
  }
  return ok_status();
}

Status undo_everything(const std::vector<JournalEntry>& plan, const UndoOptions& options,
                       const std::function<void(const std::string&)>& done) {
  NVRESUME_ASSIGN(Journal journal, Journal::load());
  const SetupState state = SetupState::load();
  bool told = false;
  for (const JournalEntry& entry : plan) {
    // Dracut and GRUB read what stands there now; the slow ones come when all files are back.
    if (is_generated(entry.change) && !told) NVRESUME_TRY(tell_systemd());
    told = told || is_generated(entry.change);
    NVRESUME_TRY(undo_change(entry, state, options));
    NVRESUME_TRY(journal.forget(entry));
    done(describe_change(entry));
  }
  if (!told) NVRESUME_TRY(tell_systemd());
  return remove_state();
}

}  // namespace nvresume
