// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_list.h"
#include "resume/mounts.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kInstalledStage[] = NVRESUME_PREFIX "/lib/nvresume/nvresume.efi";
constexpr char kStageOnEsp[] = "/EFI/nvresume/nvresume.efi";

/// The mounted FAT file system with an EFI directory of ours; else the first with any.
std::string find_esp() {
  std::string esp;
  for (const MountedFileSystem& mount : mounts_in_reach()) {
    if (mount.type != "vfat") continue;
    if (file_exists(mount.mount_point + kStageOnEsp)) return mount.mount_point;
    if (esp.empty() && file_exists(mount.mount_point + "/EFI")) esp = mount.mount_point;
  }
  return esp;
}

}  // namespace

std::optional<Finding> check_stage_copy(const CheckedMachine&) {
  // The look inside also triggers an automount.
  (void)list_directory("/boot/efi");
  (void)list_directory("/efi");
  const std::string esp = find_esp();
  if (esp.empty())
    return warn("/proc/self/mountinfo", "the EFI system partition is not mounted: not looked at",
                "mount it (/boot/efi), then check again");
  const std::string path = esp + kStageOnEsp;
  const auto copy = read_bytes(path);
  if (!copy)
    return fail(Reason::kNoBootEntry, path, "the stage is not on the EFI system partition",
                "run nvresume setup");
  const auto installed = read_bytes(kInstalledStage);
  if (!installed)
    return warn(kInstalledStage, "the installed stage is missing: nothing to compare with",
                "install nvresume again");
  if (*copy == *installed) return pass(path, "the installed one, byte for byte");
  return fail(Reason::kNoBootEntry, path,
              path + " is not the installed stage (" + std::to_string(copy->size()) +
                  " bytes, installed " + std::to_string(installed->size()) + ")",
              "run nvresume setup, which copies it");
}

}  // namespace nvresume
