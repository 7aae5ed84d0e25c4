// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/range_view.h"

#include "kernel-cmdline/change_gate.h"
#include "kernel-cmdline/namespace_disk.h"
#include "resume/attach.h"
#include "resume/published_range.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

bool is_published(const NvmRange& range) {
  const auto published = read_published_range();
  return published.ok() && published->range_base == range.base &&
         published->image_bytes + published->swap_bytes == range.bytes;
}

Result<RangeView> view_parts(const std::string& image_path, uint64_t image_offset,
                             uint64_t image_bytes, const std::string& swap_path,
                             uint64_t swap_offset, uint64_t swap_bytes) {
  NVRESUME_ASSIGN(DiskPart image, DiskPart::open(image_path, image_offset, image_bytes));
  NVRESUME_ASSIGN(DiskPart swap, DiskPart::open(swap_path, swap_offset, swap_bytes));
  return RangeView{std::move(image), std::move(swap)};
}

}  // namespace

Result<DiskPart> DiskPart::open(const std::string& path, uint64_t offset_bytes, uint64_t bytes,
                                ImageDisk::Access access) {
  NVRESUME_ASSIGN(ImageDisk disk, ImageDisk::open(system_path(path).c_str(), access));
  if (bytes == 0 && offset_bytes <= disk.size_bytes()) bytes = disk.size_bytes() - offset_bytes;
  if (offset_bytes > disk.size_bytes() || bytes > disk.size_bytes() - offset_bytes)
    return Error(Reason::kIoError, path).with(" is smaller than the range; was the NVM replaced?");
  return DiskPart(std::move(disk), offset_bytes, bytes);
}

Status DiskPart::check(uint64_t offset_bytes, uint64_t length_bytes) const {
  if (offset_bytes <= bytes_ && length_bytes <= bytes_ - offset_bytes) return ok_status();
  return Error(Reason::kInternal, "an access past the end of the range's part");
}

Status DiskPart::read(uint64_t offset_bytes, Bytes out) {
  NVRESUME_TRY(check(offset_bytes, out.size()));
  return disk_.read(offset_bytes_ + offset_bytes, out);
}

Status DiskPart::write(uint64_t offset_bytes, ConstBytes in) {
  NVRESUME_TRY(check(offset_bytes, in.size()));
  NVRESUME_TRY(before_change());
  return disk_.write(offset_bytes_ + offset_bytes, in);
}

Status DiskPart::flush() { return disk_.flush(); }

Result<RangeView> view_range(const NvmRange& range, uint64_t image_bytes) {
  if (!file_exists(kImageDiskPath) && is_published(range)) {
    NVRESUME_ASSIGN(const NvresumeRange published, read_published_range());
    NVRESUME_TRY(attach_disks(published));
  }
  if (file_exists(kImageDiskPath) && file_exists(kSwapDiskPath))
    return view_parts(kImageDiskPath, 0, 0, kSwapDiskPath, 0, 0);
  const auto disk = find_namespace_disk(range);
  if (disk)
    return view_parts(disk->path, disk->offset_bytes, image_bytes, disk->path,
                      disk->offset_bytes + image_bytes, range.bytes - image_bytes);
  return Error(Reason::kNoRange, "the range ")
      .with(format_range(range))
      .with(" cannot be reached in this boot; restart through the boot entry \"nvresume\"");
}

}  // namespace nvresume
