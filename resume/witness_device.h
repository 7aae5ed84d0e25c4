// SPDX-License-Identifier: GPL-2.0-or-later
// witness_device.h: how a witness names the disk it was read from, and finding that disk again in
// an initramfs, where disks appear one by one and udev has made no links.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "image/metadata.h"
#include "image/result.h"

namespace nvresume {

/// What a disk or partition can be recognized by.
struct DeviceIdentity {
  std::string path;                 ///< "/dev/vda2"
  uint8_t partition_guid[16] = {};  ///< zero if it is no GPT partition
  std::string serial;               ///< of the whole disk; empty for a partition
  /// As blkid prints it; looked for only where nothing else names the device.
  std::optional<std::string> fs_uuid;
};

/// Whether a restore looks at block devices of this kernel name: a file system on any other could
/// not be found again.
bool can_carry_witness(std::string_view name);
/// Reads the partition table through libblkid.
DeviceIdentity identify_device(dev_t device);
std::string device_path(dev_t device);
/// UUID of the file system on it as blkid prints it, or "".
std::string probe_fs_uuid(const std::string& path);
/// "8d2e5c1a-…" to the partition table's byte order; false where the text is none.
bool parse_guid(std::string_view text, uint8_t (&guid)[16]);
/// Whether the witness was read from this device: by partition GUID; without one by the whole
/// disk's serial; without that by the file system's UUID, which is then looked for and kept.
bool is_device_of(const Witness& witness, DeviceIdentity& identity);

/// The block devices there are, each looked at once.
class DeviceScan {
 public:
  /// Looks at devices that appeared since the last call.
  void refresh();
  /// All that fit: a cloned disk fits too, and must then be unchanged like the original.
  std::vector<std::string> find(const Witness& witness);

 private:
  std::vector<std::string> seen_;
  std::vector<DeviceIdentity> devices_;
};

}  // namespace nvresume
