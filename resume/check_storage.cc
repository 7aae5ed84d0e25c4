// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/block_device.h"
#include "resume/check_list.h"
#include "resume/config_file.h"
#include "resume/mounts.h"

namespace nvresume {
namespace {

constexpr char kMounts[] = "/proc/self/mountinfo";

/// "/home lies on dm-crypt (dm-0)"; "" where nothing mounted does.
std::string find_encrypted_mount() {
  for (const MountedFileSystem& mount : mounts_everywhere())
    if (mount.device != 0 && lies_on_crypt(mount.device))
      return mount.mount_point + " lies on dm-crypt (" + device_name(mount.device) + ")";
  return {};
}

}  // namespace

/// With memory in the NVM in clear, so are the keys of every open dm-crypt mapping.
std::optional<Finding> check_encryption(const CheckedMachine&) {
  const std::string mount = find_encrypted_mount();
  if (mount.empty()) return pass(kMounts, "no mounted file system on dm-crypt");
  if (read_setting("store-memory-unencrypted") == "yes")
    return warn(kMounts, mount + ", and a save puts its key into the NVM in clear",
                "store-memory-unencrypted=yes in /etc/nvresume.conf permits it; take it out to "
                "refuse such saves",
                Reason::kEncryptedDisk);
  return fail(Reason::kEncryptedDisk, kMounts, mount + " and its key would lie in the NVM in clear",
              "store-memory-unencrypted=yes in /etc/nvresume.conf permits it");
}

/// What cannot be proven unchanged could not be restored over.
std::optional<Finding> check_file_systems(const CheckedMachine& machine) {
  if (!machine.unprovable) return fail(machine.unprovable.error, kMounts, "unmount it to save");
  if (machine.unprovable->empty())
    return pass(kMounts, "what is mounted can be proven unchanged at the restore");
  return fail(Reason::kUnsupportedStorage, kMounts,
              machine.unprovable->front() + " cannot be proven unchanged at the restore",
              "unmount it to save");
}

}  // namespace nvresume
