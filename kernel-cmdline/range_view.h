// SPDX-License-Identifier: GPL-2.0-or-later
// range_view.h: image area and swap area of the range, however they can be reached in this boot.
#pragma once

#include <string>

#include "image/result.h"
#include "kernel-cmdline/nvm_range.h"
#include "resume/image_disk.h"

namespace nvresume {

/// A part of a disk. Offsets and lengths are the disk's own kind: multiples of 4 KiB.
class DiskPart final : public Nvm {
 public:
  /// `bytes` 0: up to the disk's end.
  static Result<DiskPart> open(const std::string& path, uint64_t offset_bytes, uint64_t bytes,
                               ImageDisk::Access access = ImageDisk::Access::kReadWrite);
  uint64_t size_bytes() const override { return bytes_; }
  Status read(uint64_t offset_bytes, Bytes out) override;
  Status write(uint64_t offset_bytes, ConstBytes in) override;
  Status flush() override;
  Status lock(DiskLock which) const { return disk_.lock(which); }

 private:
  DiskPart(ImageDisk disk, uint64_t offset_bytes, uint64_t bytes)
      : disk_(std::move(disk)), offset_bytes_(offset_bytes), bytes_(bytes) {}
  Status check(uint64_t offset_bytes, uint64_t length_bytes) const;

  ImageDisk disk_;
  uint64_t offset_bytes_;
  uint64_t bytes_;
};

struct RangeView {
  DiskPart image;
  DiskPart swap;
};

/// By the driver's two disks, attached here where the stage published the range; else by the raw
/// namespace over it. Error: kNoRange where neither reaches it, with what to do.
Result<RangeView> view_range(const NvmRange& range, uint64_t image_bytes);

}  // namespace nvresume
