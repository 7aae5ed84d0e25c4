// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/mounts.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <optional>

#include "resume/mount_namespaces.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// mountinfo writes blank, tab, newline and backslash as \ooo (proc(5)).
std::string unescape(std::string_view field) {
  std::string text;
  for (size_t i = 0; i < field.size(); i++) {
    const bool octal = field[i] == '\\' && i + 3 < field.size();
    if (!octal) {
      text += field[i];
      continue;
    }
    text += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 +
                              (field[i + 3] - '0'));
    i += 3;
  }
  return text;
}

dev_t parse_device(std::string_view field) {
  const size_t colon = field.find(':');
  if (colon == std::string_view::npos) return 0;
  return makedev(parse_number(field.substr(0, colon)).value_or(0),
                 parse_number(field.substr(colon + 1)).value_or(0));
}

/// These lie on disks under an anonymous device number.
bool hides_its_device(std::string_view type) {
  return type == "btrfs" || type == "bcachefs" || type == "zfs";
}

dev_t device_of_source(const std::string& source) {
  struct stat status;
  if (::stat(system_path(source).c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) return 0;
  return status.st_rdev;
}

/// "36 35 98:0 /root /mnt rw shared:1 - ext4 /dev/sda1 rw": the fields after mount options vary in
/// number and end with "-" (proc(5)).
std::optional<MountedFileSystem> parse_mount(std::string_view line) {
  const auto words = split_words(line);
  const auto separator = std::find(words.begin(), words.end(), "-");
  if (words.size() < 6 || words.end() - separator < 3) return std::nullopt;
  MountedFileSystem mount;
  mount.type = separator[1];
  mount.source = unescape(separator[2]);
  mount.mount_point = unescape(words[4]);
  mount.device = parse_device(words[2]);
  if (major(mount.device) != 0) return mount;
  if (!hides_its_device(mount.type)) return std::nullopt;
  mount.device = device_of_source(mount.source);
  return mount;
}

}  // namespace

bool is_mounted(const MountedFileSystem& one, const std::vector<MountedFileSystem>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [&one](const auto& other) {
    if (one.type != other.type || one.device != other.device) return false;
    return one.device != 0 || one.source == other.source;
  });
}

void add_mounts(std::vector<MountedFileSystem>& mounts, std::string_view mountinfo) {
  for (const std::string_view line : split_lines(mountinfo)) {
    std::optional<MountedFileSystem> mount = parse_mount(line);
    if (mount && !is_mounted(*mount, mounts)) mounts.push_back(std::move(*mount));
  }
}

std::vector<MountedFileSystem> mounts_everywhere() {
  std::vector<MountedFileSystem> mounts;
  for (const std::string& mountinfo : every_mountinfo()) add_mounts(mounts, mountinfo);
  return mounts;
}

std::vector<MountedFileSystem> mounts_in_reach() {
  std::vector<MountedFileSystem> mounts;
  add_mounts(mounts, read_text_or_empty("/proc/self/mountinfo"));
  return mounts;
}

}  // namespace nvresume
