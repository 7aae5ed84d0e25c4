// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/range_contents.h"

#include "image/image_area.h"
#include "kernel-cmdline/blank.h"
#include "kernel-cmdline/namespace_disk.h"
#include "kernel-cmdline/range_view.h"

namespace nvresume {
namespace {

/// A label of this name is one that was made for nvresume.
constexpr std::string_view kOwnLabel = "\"nvresume\"";

std::string foreign_label(const NvmRange& range) {
  for (const Namespace& one : namespaces_over(range))
    if (!one.label.empty() && !one.label.starts_with(kOwnLabel))
      return one.name + " has the namespace label " + one.label;
  return "";
}

/// A read-only look; superblocks of a range that was set up before count as ours.
bool holds_superblock(const NamespaceDisk& disk, const NvmRange& range) {
  auto part =
      DiskPart::open(disk.path, disk.offset_bytes, range.bytes, ImageDisk::Access::kReadOnly);
  return part.ok() && ImageArea::peek(part.value()).ok();
}

}  // namespace

Result<RangeContents> look_at_range(const NvmRange& range) {
  RangeContents contents;
  contents.found = foreign_label(range);
  const auto disk = find_namespace_disk(range);
  if (!disk) return contents;
  contents.seen = true;
  contents.disk = disk->path;
  contents.ours = holds_superblock(*disk, range);
  if (contents.ours || !contents.found.empty()) return contents;
  const Status blank = check_blank(disk->path, disk->offset_bytes, range.bytes);
  if (!blank.ok() && blank.error().reason() != Reason::kNotBlank) return Error(blank.error());
  if (!blank.ok()) contents.found = blank.error().text();
  return contents;
}

}  // namespace nvresume
