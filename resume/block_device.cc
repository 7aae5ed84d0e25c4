// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/block_device.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Stacks are a few devices deep; a bound keeps a loop in a broken sysfs from being one of ours.
constexpr int kStackDepthMaximum = 16;

std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(system_path(path).c_str(), resolved) == nullptr ? std::string() : resolved;
}

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool lies_on_crypt_within(dev_t device, int depth) {
  if (depth == 0) return false;
  if (read_text_or_empty(sysfs_of(device) + "/dm/uuid").starts_with("CRYPT-")) return true;
  const std::vector<dev_t> below = devices_below(whole_disk(device));
  return std::any_of(below.begin(), below.end(),
                     [depth](dev_t lower) { return lies_on_crypt_within(lower, depth - 1); });
}

}  // namespace

std::string sysfs_of(dev_t device) {
  return "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
}

std::string device_name(dev_t device) {
  const std::string path = real_path(sysfs_of(device));
  return last_component(path.empty() ? sysfs_of(device) : path);
}

dev_t device_at(const std::string& sysfs_directory) {
  const std::string text = read_text_or_empty(sysfs_directory + "/dev");
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return 0;
  return makedev(parse_number(text.substr(0, colon)).value_or(0),
                 parse_number(text.substr(colon + 1)).value_or(0));
}

bool is_partition(dev_t device) { return file_exists(sysfs_of(device) + "/partition"); }

dev_t whole_disk(dev_t device) {
  return is_partition(device) ? device_at(sysfs_of(device) + "/..") : device;
}

dev_t loop_below(dev_t device) {
  const std::string path = read_text_or_empty(sysfs_of(device) + "/loop/backing_file");
  struct stat status;
  const bool found = path.starts_with('/') && ::stat(system_path(path).c_str(), &status) == 0;
  return found && S_ISBLK(status.st_mode) ? status.st_rdev : 0;
}

std::vector<dev_t> devices_below(dev_t device) {
  std::vector<dev_t> below;
  const std::string slaves = sysfs_of(device) + "/slaves";
  for (const std::string& name : list_directory(slaves))
    below.push_back(device_at(slaves + "/" + name));
  if (const dev_t disk = loop_below(device); disk != 0) below.push_back(disk);
  return below;
}

std::string disk_serial(dev_t disk) {
  for (const char* attribute : {"/serial", "/wwid", "/device/wwid", "/device/serial"}) {
    const std::string text = read_text_or_empty(sysfs_of(disk) + attribute);
    const size_t begin = text.find_first_not_of(" \t");
    if (begin != std::string::npos)
      return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  }
  return {};
}

bool lies_on_crypt(dev_t device) { return lies_on_crypt_within(device, kStackDepthMaximum); }

}  // namespace nvresume
