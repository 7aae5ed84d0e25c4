// SPDX-License-Identifier: GPL-2.0-or-later
// block_device.h: what sysfs says about a block device.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace nvresume {

/// "/sys/dev/block/259:1".
std::string sysfs_of(dev_t device);
/// "nvme0n1p2"; "major:minor" where sysfs does not know it.
std::string device_name(dev_t device);
/// The number in a sysfs block directory ("/sys/class/block/sda1"); 0 if there is none.
dev_t device_at(const std::string& sysfs_directory);
bool is_partition(dev_t device);
/// The whole disk of a partition; the device itself if it is none.
dev_t whole_disk(dev_t device);
/// The block device that a loop device was made of (drivers/block/loop.c: loop/backing_file); 0
/// where it is a file.
dev_t loop_below(dev_t device);
/// The devices right below (device mapper, md, loop); empty for a real disk or a partition.
std::vector<dev_t> devices_below(dev_t device);
/// Serial number or WWID of a whole disk, empty if it has none.
std::string disk_serial(dev_t disk);
/// Whether any device below, or the device itself, is a dm-crypt mapping.
bool lies_on_crypt(dev_t device);

}  // namespace nvresume
