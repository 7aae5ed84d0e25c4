// SPDX-License-Identifier: GPL-2.0-or-later
// The save side of witness.h. Everything that opens devices or asks sysfs stands in collect();
// after the freeze hash() only reads disks, past the page cache.
#include "resume/witness.h"

#include <string.h>

#include <algorithm>
#include <string>
#include <vector>

#include "resume/block_device.h"
#include "resume/fs_region.h"
#include "resume/mounts.h"
#include "resume/storage_map.h"
#include "resume/system_files.h"
#include "resume/witness_device.h"
#include "resume/witness_record.h"

namespace nvresume {
namespace {

constexpr uint64_t kSectorBytes = 512;

/// A disk or partition that witnesses are read from.
struct PhysicalDevice {
  dev_t device;          // as the storage map names it
  DirectFile disk;       // itself, or its whole disk where only that can be recognized
  uint64_t shift_bytes;  // its start on `disk`
  DeviceIdentity identity;
};

/// A file system on one of its devices.
struct ProvenDevice {
  Witness blank;  // type, mount point, UUID
  DirectFile mounted;
  StorageMap map;
  std::vector<ByteRange> ranges;
};

/// All devices of a btrfs, the one device of anything else.
std::vector<dev_t> devices_of(const MountedFileSystem& mount) {
  if (mount.type == "btrfs" && mount.device != 0) {
    const std::string name = device_name(mount.device);
    for (const std::string& uuid : list_directory("/sys/fs/btrfs")) {
      const std::string members = "/sys/fs/btrfs/" + uuid + "/devices/";
      if (!file_exists(members + name)) continue;
      std::vector<dev_t> devices;
      for (const std::string& member : list_directory(members))
        devices.push_back(device_at(members + member));
      return devices;
    }
  }
  return {mount.device};
}

Witness blank_witness(const MountedFileSystem& mount, dev_t device) {
  Witness witness{};
  put_text(witness.fs_type, mount.type);
  put_text(witness.mount_point, mount.mount_point);
  put_text(witness.device, device == 0 ? mount.source : device_name(device));
  return witness;
}

bool has_partition_guid(const DeviceIdentity& identity) {
  return std::any_of(std::begin(identity.partition_guid), std::end(identity.partition_guid),
                     [](uint8_t byte) { return byte != 0; });
}

/// The first of `mounts` that is not among `others`; null where there is none.
const MountedFileSystem* find_missing(const std::vector<MountedFileSystem>& mounts,
                                      const std::vector<MountedFileSystem>& others) {
  const auto found = std::find_if(mounts.begin(), mounts.end(), [&others](const auto& mount) {
    return !is_mounted(mount, others);
  });
  return found == mounts.end() ? nullptr : &*found;
}

Result<PhysicalDevice> open_physical(dev_t device) {
  DeviceIdentity identity = identify_device(device);
  uint64_t shift_bytes = 0;
  // A partition without a GUID (MBR) is recognized by its disk and its place there.
  if (is_partition(device) && !has_partition_guid(identity)) {
    const dev_t disk = whole_disk(device);
    identity.serial = disk_serial(disk);
    if (!identity.serial.empty()) {
      identity.path = device_path(disk);
      shift_bytes = read_number(sysfs_of(device) + "/start").value_or(0) * kSectorBytes;
    }
  }
  NVRESUME_ASSIGN(DirectFile disk, DirectFile::open(system_path(identity.path)));
  return PhysicalDevice{device, std::move(disk), shift_bytes, std::move(identity)};
}

}  // namespace

struct WitnessSet::Impl {
  std::vector<MountedFileSystem> mounts;
  std::vector<PhysicalDevice> physical;
  std::vector<ProvenDevice> proven;
  std::vector<Witness> unprovable;
  std::vector<Witness> records;
  std::vector<size_t> record_devices;  // index into `physical`; shorter than `records`, whose last
                                       // ones are unprovable

  void add_device(const MountedFileSystem& mount, dev_t device) {
    const Status added = add_provable(mount, device);
    if (added.ok()) return;
    Witness witness = blank_witness(mount, device);
    witness.flags = kWitnessUnprovable;
    put_text(witness.device, added.error().text());  // for the message that names it
    unprovable.push_back(witness);
  }

  Status build_records() {
    records.clear();
    record_devices.clear();
    for (const ProvenDevice& entry : proven)
      for (const ByteRange& range : entry.ranges)
        for (const StorageSegment& piece : entry.map.find(range))
          NVRESUME_TRY(add_piece(entry, piece));
    records.insert(records.end(), unprovable.begin(), unprovable.end());
    return ok_status();
  }

 private:
  Status add_provable(const MountedFileSystem& mount, dev_t device) {
    if (device == 0)
      return Error(Reason::kUnsupportedStorage, mount.source).with(": its devices are not known");
    NVRESUME_ASSIGN(StorageMap map, StorageMap::of(device));
    if (map.needs_no_witness()) return ok_status();
    NVRESUME_TRY(open_all_below(map, mount, device));
    const std::string path = device_path(device);
    NVRESUME_ASSIGN(DirectFile mounted, DirectFile::open(system_path(path)));
    NVRESUME_ASSIGN(std::vector<ByteRange> ranges, find_fs_region(mount.type, mounted));
    Witness blank = blank_witness(mount, device);
    put_text(blank.fs_uuid, probe_fs_uuid(path));
    proven.push_back({blank, std::move(mounted), std::move(map), std::move(ranges)});
    return ok_status();
  }

  Status open_all_below(const StorageMap& map, const MountedFileSystem& mount, dev_t mounted) {
    for (const StorageSegment& segment : map.segments()) {
      if (index_of(segment.device) < physical.size()) continue;
      NVRESUME_ASSIGN(PhysicalDevice opened, open_physical(segment.device));
      const DeviceIdentity& identity = opened.identity;
      const bool named = has_partition_guid(identity) || !identity.serial.empty();
      // Below a mapping the file system's UUID cannot be seen.
      if (!named && (segment.device != mounted || probe_fs_uuid(identity.path).empty()))
        return Error(Reason::kUnsupportedStorage, device_name(segment.device))
            .with(" has no GPT, serial number or UUID to find it by again (")
            .with(mount.mount_point)
            .with(")");
      if (!can_carry_witness(device_name(segment.device)))
        return Error(Reason::kUnsupportedStorage, device_name(segment.device))
            .with(" is not looked at in a restore (")
            .with(mount.mount_point)
            .with(")");
      physical.push_back(std::move(opened));
    }
    return ok_status();
  }

  size_t index_of(dev_t device) const {
    const auto found = std::find_if(physical.begin(), physical.end(),
                                    [device](const auto& entry) { return entry.device == device; });
    return static_cast<size_t>(found - physical.begin());
  }

  /// The record of this file system on this device; a new one where there is none yet.
  Witness& record_for(const ProvenDevice& entry, size_t device_index) {
    for (size_t i = 0; i < records.size(); i++)
      if (record_devices[i] == device_index && is_same_mount(records[i], entry.blank))
        return records[i];
    Witness witness = entry.blank;
    const PhysicalDevice& device = physical[device_index];
    ::memcpy(witness.partition_guid, device.identity.partition_guid,
             sizeof(witness.partition_guid));
    put_text(witness.serial, device.identity.serial);
    put_text(witness.device, device_name(device.device));
    records.push_back(witness);
    record_devices.push_back(device_index);
    return records.back();
  }

  static bool is_same_mount(const Witness& a, const Witness& b) {
    return ::strcmp(a.mount_point, b.mount_point) == 0 && ::strcmp(a.fs_uuid, b.fs_uuid) == 0;
  }

  Status add_piece(const ProvenDevice& entry, const StorageSegment& piece) {
    const size_t index = index_of(piece.device);
    if (index == physical.size()) return Error(Reason::kInternal, "a device was not opened");
    Witness& witness = record_for(entry, index);
    if (!add_extent(witness,
                    {physical[index].shift_bytes + piece.physical_bytes, piece.length_bytes}))
      return Error(Reason::kUnsupportedStorage, describe_witness(witness))
          .with(" lies in too many pieces");
    return ok_status();
  }
};

WitnessSet::WitnessSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WitnessSet::WitnessSet(WitnessSet&&) noexcept = default;
WitnessSet::~WitnessSet() = default;

Result<WitnessSet> WitnessSet::collect() {
  auto impl = std::make_unique<Impl>();
  impl->mounts = mounts_everywhere();
  for (const MountedFileSystem& mount : impl->mounts)
    for (const dev_t device : devices_of(mount)) impl->add_device(mount, device);
  NVRESUME_TRY(impl->build_records());
  return WitnessSet(std::move(impl));
}

Status WitnessSet::check_mounts() const {
  const std::vector<MountedFileSystem> now = mounts_everywhere();
  const MountedFileSystem* changed = find_missing(now, impl_->mounts);
  if (changed == nullptr) changed = find_missing(impl_->mounts, now);
  if (changed == nullptr) return ok_status();
  return Error(Reason::kFileSystemMounted, changed->mount_point)
      .with(" was mounted or unmounted while the save began; save again");
}

Status WitnessSet::hash() {
  for (ProvenDevice& entry : impl_->proven) {
    if (!region_moves(entry.blank.fs_type)) continue;
    NVRESUME_ASSIGN(entry.ranges, find_fs_region(entry.blank.fs_type, entry.mounted));
  }
  NVRESUME_TRY(impl_->build_records());
  for (size_t i = 0; i < impl_->record_devices.size(); i++) {
    Witness& witness = impl_->records[i];
    auto hash = hash_of(witness, impl_->physical[impl_->record_devices[i]].disk);
    if (!hash.ok()) return hash.error().prefix(describe_witness(witness));
    witness.hash = hash.value();
  }
  return ok_status();
}

Status check_provable(std::span<const Witness> witnesses) {
  for (const Witness& witness : witnesses)
    if ((witness.flags & kWitnessUnprovable) != 0)
      return Error(Reason::kUnsupportedStorage, describe_witness(witness))
          .with(" cannot be proven unchanged at the restore; unmount it to save");
  return ok_status();
}

std::span<const Witness> WitnessSet::records() const { return impl_->records; }

}  // namespace nvresume
