// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/storage_map.h"

#include <algorithm>

#include "resume/block_device.h"
#include "resume/mapper_table.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kSectorBytes = 512;
constexpr int kStackDepthMaximum = 8;  // chosen: crypt on LVM on RAID on a partition is four

uint64_t device_bytes(dev_t device) {
  return read_number(sysfs_of(device) + "/size").value_or(0) * kSectorBytes;
}

/// Memory disks are part of the image. The file of a loop device lies on a mounted file system,
/// which cannot be changed without a change of its own witness; on one in memory it needs none.
bool carries_its_own_proof(const std::string& name) {
  return name.starts_with("loop") || name.starts_with("zram") || name.starts_with("ram");
}

/// A kind of virtual disk this file does not know (bcache, drbd): it names devices below, and is
/// neither device mapper nor md.
bool is_unknown_virtual(dev_t device) {
  return !is_partition(device) && !devices_below(device).empty();
}

Error unsupported(dev_t device, std::string_view why) {
  return Error(Reason::kUnsupportedStorage, device_name(device)).with(": ").with(why);
}

}  // namespace

Result<StorageMap> StorageMap::of(dev_t device) {
  StorageMap map;
  NVRESUME_TRY(map.add(device, 0, 0, device_bytes(device), kStackDepthMaximum));
  return map;
}

Status StorageMap::add(dev_t device, uint64_t logical_bytes, uint64_t start_bytes,
                       uint64_t length_bytes, int depth) {
  const std::string sysfs = sysfs_of(device);
  if (depth == 0) return unsupported(device, "too many layers of devices");
  if (length_bytes == 0) return unsupported(device, "it has no size");
  if (file_exists(sysfs + "/dm"))
    return add_mapped(device, logical_bytes, start_bytes, length_bytes, depth);
  if (file_exists(sysfs + "/md"))
    return add_mirrors(device, logical_bytes, start_bytes, length_bytes, depth);
  if (is_partition(device)) {
    // A partition of an array or a mapping is only as fixed as what it lies on.
    const dev_t disk = whole_disk(device);
    if (file_exists(sysfs_of(disk) + "/md") || file_exists(sysfs_of(disk) + "/dm") ||
        carries_its_own_proof(device_name(disk))) {
      const uint64_t offset = read_number(sysfs + "/start").value_or(0) * kSectorBytes;
      return add(disk, logical_bytes, offset + start_bytes, length_bytes, depth - 1);
    }
  }
  if (const dev_t disk = loop_below(device); disk != 0) {
    const uint64_t offset_bytes = read_number(sysfs + "/loop/offset").value_or(0);
    return add(disk, logical_bytes, offset_bytes + start_bytes, length_bytes, depth - 1);
  }
  const std::string name = device_name(device);
  if (carries_its_own_proof(name)) {
    needs_no_witness_ = true;
    return ok_status();
  }
  if (name.starts_with("nbd") || is_unknown_virtual(device))
    return unsupported(device, "this kind of device has no place that can be read at boot");
  segments_.push_back({logical_bytes, length_bytes, device, start_bytes});
  return ok_status();
}

Status StorageMap::add_mapped(dev_t device, uint64_t logical_bytes, uint64_t start_bytes,
                              uint64_t length_bytes, int depth) {
  auto targets = read_mapper_table(device);
  if (!targets.ok()) return targets.error().prefix(device_name(device));
  for (const MapperTarget& target : targets.value()) {
    const uint64_t begin = std::max(start_bytes, target.start_bytes);
    const uint64_t end =
        std::min(start_bytes + length_bytes, target.start_bytes + target.length_bytes);
    if (begin >= end) continue;
    NVRESUME_TRY(add(target.below, logical_bytes + (begin - start_bytes),
                     target.below_bytes + (begin - target.start_bytes), end - begin, depth - 1));
  }
  return ok_status();
}

Status StorageMap::add_mirrors(dev_t device, uint64_t logical_bytes, uint64_t start_bytes,
                               uint64_t length_bytes, int depth) {
  const std::string md = sysfs_of(device) + "/md";
  const std::string level = read_text_or_empty(md + "/level");
  if (level != "raid1") return unsupported(device, level + " has no fixed place for a byte");
  bool any = false;
  for (const std::string& name : list_directory(md)) {
    if (!name.starts_with("dev-")) continue;
    const std::string member = md + "/" + name;
    if (read_text_or_empty(member + "/state").find("in_sync") == std::string::npos) continue;
    const auto offset = read_number(member + "/offset");
    const dev_t below = device_at(member + "/block");
    if (!offset || below == 0) return unsupported(device, "a member's offset is unknown");
    NVRESUME_TRY(
        add(below, logical_bytes, *offset * kSectorBytes + start_bytes, length_bytes, depth - 1));
    any = true;
  }
  if (!any) return unsupported(device, "no member in sync");
  return ok_status();
}

std::vector<StorageSegment> StorageMap::find(const ByteRange& range) const {
  std::vector<StorageSegment> pieces;
  const uint64_t range_end = range.offset_bytes + range.length_bytes;
  for (const StorageSegment& segment : segments_) {
    const uint64_t begin = std::max(range.offset_bytes, segment.logical_bytes);
    const uint64_t end = std::min(range_end, segment.logical_bytes + segment.length_bytes);
    if (begin >= end) continue;
    pieces.push_back({begin, end - begin, segment.device,
                      segment.physical_bytes + (begin - segment.logical_bytes)});
  }
  return pieces;
}

}  // namespace nvresume
