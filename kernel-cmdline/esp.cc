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

bool is_mounted_fat(std::string_view mount_point) {
  const std::unique_ptr<libmnt_table, TableDeleter> table(
      mnt_new_table_from_file(system_path("/proc/self/mountinfo").c_str()));
  if (!table) return false;
  libmnt_fs* found = mnt_table_find_target(table.get(), std::string(mount_point).c_str(),
                                           MNT_ITER_BACKWARD);  // the topmost of several
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
