// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/preconditions.h"

#include <unistd.h>

#include <string>

#include "image/swap_signature.h"
#include "resume/attach.h"
#include "resume/block_device.h"
#include "resume/boot_next.h"
#include "resume/config_file.h"
#include "resume/image_disk.h"
#include "resume/initramfs_content.h"
#include "resume/mounts.h"
#include "resume/witness.h"
#include "resume/witness_record.h"

namespace nvresume {
namespace {

/// The stage counts a boot in the superblock and publishes the number: both agree only in a boot
/// that came through it.
Status check_came_through_stage(const NvresumeRange& range, const Superblock& superblock) {
  if (range.formatted == 0)
    return Error(Reason::kNoRange, "the stage found no superblock in this boot; restart once");
  if (range.range_base != superblock.range_base || range.image_bytes != superblock.image_bytes ||
      range.swap_bytes != superblock.swap_bytes)
    return Error(Reason::kRangeMoved, "the superblock names the range at ")
        .with_hex(superblock.range_base)
        .with(", the stage published ")
        .with_hex(range.range_base)
        .with(" or other sizes");
  if (range.boot_count != superblock.boot_count)
    return Error(Reason::kNoRange, "the stage published boot ")
        .with(range.boot_count)
        .with(", the superblock counts ")
        .with(superblock.boot_count);
  return ok_status();
}

Status check_disk(const char* path, uint64_t want_bytes) {
  NVRESUME_ASSIGN(const ImageDisk disk, ImageDisk::open(path, ImageDisk::Access::kReadOnly));
  if (disk.size_bytes() == want_bytes) return ok_status();
  return Error(Reason::kRangeMoved, path)
      .with(" has ")
      .with(disk.size_bytes())
      .with(" bytes, the superblock says ")
      .with(want_bytes);
}

Status check_swap_signature() {
  NVRESUME_ASSIGN(ImageDisk swap, ImageDisk::open(kSwapDisk, ImageDisk::Access::kReadOnly));
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  if (signature == SwapSignature::kSwap) return ok_status();
  if (signature == SwapSignature::kKernel)
    return Error(Reason::kNoSwap, "an in-kernel hibernation image lies in /dev/NVM_SWAP");
  return Error(Reason::kNoSwap);
}

/// With memory in the NVM in clear, so are the keys of every open dm-crypt mapping.
Status check_no_encrypted_mount() {
  if (read_setting("store-memory-unencrypted") == "yes") return ok_status();
  for (const MountedFileSystem& mount : block_backed_mounts()) {
    if (mount.device == 0 || !lies_on_crypt(mount.device)) continue;
    return Error(Reason::kEncryptedDisk, mount.mount_point)
        .with(" lies on dm-crypt (")
        .with(device_name(mount.device))
        .with(
            ") and its key would lie in the NVM in clear; "
            "store-memory-unencrypted=yes in /etc/nvresume.conf permits it");
  }
  return ok_status();
}

/// What cannot be proven unchanged could not be restored over.
Status check_file_systems_provable() {
  NVRESUME_ASSIGN(const WitnessSet witnesses, WitnessSet::collect());
  return check_provable(witnesses.records());
}

}  // namespace

Status check_save_preconditions(const NvresumeRange& range, const ImageArea& area) {
  if (::geteuid() != 0) return Error(Reason::kNotPermitted);
  const Superblock& superblock = area.superblock();
  NVRESUME_TRY(check_came_through_stage(range, superblock));
  NVRESUME_TRY(check_disk(kImageDisk, superblock.image_bytes));
  NVRESUME_TRY(check_disk(kSwapDisk, superblock.swap_bytes));
  NVRESUME_TRY(check_swap_signature());
  NVRESUME_TRY(check_no_encrypted_mount());
  NVRESUME_TRY(check_file_systems_provable());
  NVRESUME_TRY(find_boot_entry());
  // Last: the only slow one.
  return check_initramfs();
}

}  // namespace nvresume
