// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/witness_device.h"

#include <string.h>

#include <algorithm>

#include "resume/blkid_probe.h"
#include "resume/block_device.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

bool is_zero(const uint8_t (&guid)[16]) {
  return std::all_of(std::begin(guid), std::end(guid), [](uint8_t byte) { return byte == 0; });
}

/// GUID of a partition in its disk's GPT, "" if the disk has none.
std::string partition_guid_text(dev_t partition) {
  const BlkidProbe probe(
      ::blkid_new_probe_from_filename(device_path(whole_disk(partition)).c_str()));
  if (!probe) return {};
  blkid_partlist list = ::blkid_probe_get_partitions(probe.get());
  if (list == nullptr) return {};
  blkid_partition found = ::blkid_partlist_devno_to_partition(list, partition);
  if (found == nullptr) return {};
  const char* type = ::blkid_parttable_get_type(::blkid_partition_get_table(found));
  const char* uuid = ::blkid_partition_get_uuid(found);
  const bool is_gpt = type != nullptr && ::strcmp(type, "gpt") == 0;
  return is_gpt && uuid != nullptr ? uuid : std::string();
}

}  // namespace

bool can_carry_witness(std::string_view name) {
  // Mappings lie on disks that are looked at; a floppy drive takes seconds to say that it is empty.
  for (const char* prefix : {"loop", "ram", "zram", "nvm_swap", "dm-", "md", "fd", "nbd"})
    if (name.starts_with(prefix)) return false;
  return true;
}

std::string device_path(dev_t device) {
  // sysfs writes "!" where a device's name has a slash.
  std::string name = device_name(device);
  std::replace(name.begin(), name.end(), '!', '/');
  return "/dev/" + name;
}

std::string probe_fs_uuid(const std::string& path) {
  const BlkidProbe probe(::blkid_new_probe_from_filename(path.c_str()));
  if (!probe) return {};
  ::blkid_probe_enable_superblocks(probe.get(), 1);
  ::blkid_probe_set_superblocks_flags(probe.get(), BLKID_SUBLKS_UUID);
  // Only what a witness can be of: probing for everything reads all over the disk.
  char* types[] = {const_cast<char*>("ext4"),    const_cast<char*>("ext3"),
                   const_cast<char*>("ext2"),    const_cast<char*>("xfs"),
                   const_cast<char*>("btrfs"),   const_cast<char*>("vfat"),
                   const_cast<char*>("iso9660"), const_cast<char*>("squashfs"),
                   const_cast<char*>("erofs"),   nullptr};
  ::blkid_probe_filter_superblocks_type(probe.get(), BLKID_FLTR_ONLYIN, types);
  if (::blkid_do_safeprobe(probe.get()) != 0) return {};
  const char* uuid = nullptr;
  if (::blkid_probe_lookup_value(probe.get(), "UUID", &uuid, nullptr) != 0) return {};
  return uuid;
}

bool parse_guid(std::string_view text, uint8_t (&guid)[16]) {
  // The first three groups are little-endian numbers (UEFI 2.10, appendix A).
  constexpr uint8_t kPlace[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  if (text.size() != 36) return false;
  size_t count = 0;
  for (size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const auto byte = parse_number("0x" + std::string(text.substr(i, 2)));
    if (!byte || count == 16) return false;
    guid[kPlace[count++]] = static_cast<uint8_t>(*byte);
    i += 2;
  }
  return count == 16;
}

DeviceIdentity identify_device(dev_t device) {
  DeviceIdentity identity;
  identity.path = device_path(device);
  if (is_partition(device))
    (void)parse_guid(partition_guid_text(device), identity.partition_guid);  // stays zero
  else
    identity.serial = disk_serial(device);
  return identity;
}

bool is_device_of(const Witness& witness, DeviceIdentity& identity) {
  if (!is_zero(witness.partition_guid))
    return ::memcmp(witness.partition_guid, identity.partition_guid,
                    sizeof(witness.partition_guid)) == 0;
  if (witness.serial[0] != 0) return identity.serial == witness.serial;
  if (!identity.fs_uuid) identity.fs_uuid = probe_fs_uuid(identity.path);
  return witness.fs_uuid[0] != 0 && *identity.fs_uuid == witness.fs_uuid;
}

void DeviceScan::refresh() {
  for (const std::string& name : list_directory("/sys/class/block")) {
    if (!can_carry_witness(name) || std::find(seen_.begin(), seen_.end(), name) != seen_.end())
      continue;
    const dev_t device = device_at("/sys/class/block/" + name);
    // The node follows the sysfs entry; until it is there, the next call looks again.
    if (device == 0 || !file_exists(device_path(device))) continue;
    seen_.push_back(name);
    devices_.push_back(identify_device(device));
  }
}

std::vector<std::string> DeviceScan::find(const Witness& witness) {
  std::vector<std::string> paths;
  for (DeviceIdentity& identity : devices_)
    if (is_device_of(witness, identity)) paths.push_back(identity.path);
  return paths;
}

}  // namespace nvresume
