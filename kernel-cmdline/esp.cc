// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/esp.h"

#include <libmount/libmount.h>

#include <memory>

#include "kernel-cmdline/changes.h"
#include "kernel-cmdline/loader_path.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr std::string_view kMountPoints[] = {"/boot/efi", "/efi", "/boot"};

struct TableDeleter {
  void operator()(libmnt_table* table) const { mnt_unref_table(table); }
};

class MountTable {
 public:
  MountTable() : table_(mnt_new_table_from_file(system_path("/proc/self/mountinfo").c_str())) {}
  /// The topmost of several; nullptr where nothing is mounted there.
  libmnt_fs* find(std::string_view mount_point) const {
    if (!table_) return nullptr;
    return mnt_table_find_target(table_.get(), std::string(mount_point).c_str(), MNT_ITER_BACKWARD);
  }

 private:
  std::unique_ptr<libmnt_table, TableDeleter> table_;
};

bool is_mounted_fat(std::string_view mount_point) {
  const MountTable table;
  libmnt_fs* found = table.find(mount_point);
  return found != nullptr && std::string_view(mnt_fs_get_fstype(found)) == "vfat";
}

}  // namespace

Result<std::string> find_esp(bool mounted) {
  for (const std::string_view mount_point : kMountPoints) {
    // The look inside also triggers an automount.
    if (!file_exists(path_below(mount_point, "\\EFI"))) continue;
    if (!mounted || is_mounted_fat(mount_point)) return std::string(mount_point);
  }
  return Error(
      Reason::kUnsupportedSetup,
      "no EFI system partition is mounted at /boot/efi, /efi or /boot; mount it and try again");
}

Status check_esp_writable(const std::string& esp) {
  const MountTable table;
  libmnt_fs* found = table.find(esp);
  if (found == nullptr || mnt_fs_match_options(found, "ro") != 1) return ok_status();
  return Error(Reason::kUnsupportedSetup, "the EFI system partition is mounted read-only at ")
      .with(esp)
      .with("; mount -o remount,rw ")
      .with(esp)
      .with(" (the kernel log says whether a damage made it so: fsck.vfat mends that)");
}

Result<bool> install_stage(const std::string& esp, Journal& journal) {
  const auto stage = read_bytes(kInstalledStage);
  if (!stage) return system_error(Reason::kIoError, "read", kInstalledStage);
  const std::string target = path_below(esp, kStagePathOnEsp);
  NVRESUME_ASSIGN(const bool changed, put_file(journal, target, *stage, 0644));
  if (read_bytes(target) != stage)
    return Error(Reason::kIoError, target)
        .with(" reads back differently from ")
        .with(kInstalledStage);
  return changed;
}

}  // namespace nvresume
