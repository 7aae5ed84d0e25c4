// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/published_range.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include <string>

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kEfivarsPath[] = "/sys/firmware/efi/efivars";

/// In the initramfs nobody may have mounted efivarfs yet.
Status mount_efivars() {
  const std::string path = system_path(kEfivarsPath);
  struct statfs file_system;
  if (::statfs(path.c_str(), &file_system) != 0)
    return Error(Reason::kNoRange, "this boot was not started by UEFI firmware (no ")
        .with(kEfivarsPath)
        .with(")");
  if (file_system.f_type == EFIVARFS_MAGIC || !list_directory(kEfivarsPath).empty())
    return ok_status();
  if (::mount("efivarfs", path.c_str(), "efivarfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return Error(Reason::kNoRange, "mount ").with(path).with(": ").with(::strerror(errno));
  return ok_status();
}

}  // namespace

Result<NvresumeRange> read_published_range() {
  NVRESUME_TRY(mount_efivars());
  const std::string path = std::string(kEfivarsPath) + "/" + kRangeName + "-" + kVendorGuidText;
  const std::optional<std::string> file = read_bytes(path);
  if (!file)
    return Error(Reason::kNoRange,
                 "this boot did not come through the nvresume EFI stage; run nvresume setup, which "
                 "makes it the firmware's first boot entry, and restart");
  // efivarfs puts 4 bytes of attributes in front.
  if (file->size() < 4) return Error(Reason::kNoRange, "NvresumeRange is empty");
  uint32_t attributes = 0;
  ::memcpy(&attributes, file->data(), sizeof(attributes));
  if (attributes != kRangeAttributes)
    return Error(Reason::kNoRange, "NvresumeRange has attributes ")
        .with_hex(attributes)
        .with(", not ")
        .with_hex(kRangeAttributes);
  alignas(8) uint8_t variable[sizeof(NvresumeRange)] = {};
  if (file->size() - 4 != sizeof(variable))
    return Error(Reason::kNoRange, "NvresumeRange is ")
        .with(file->size() - 4)
        .with(" bytes, not ")
        .with(sizeof(variable));
  ::memcpy(variable, file->data() + 4, sizeof(variable));
  NVRESUME_TRY(check_range(variable));
  NvresumeRange range;
  ::memcpy(&range, variable, sizeof(range));
  return range;
}

}  // namespace nvresume
