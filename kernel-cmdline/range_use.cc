// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/range_use.h"

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kNamespaces[] = "/sys/bus/nd/devices";

Error taken(const std::string& who, std::string_view how) {
  return Error(Reason::kRangeTaken, who).with(" ").with(how);
}

bool is_mounted(const std::string& device_number) {
  const std::string mounts = read_text_or_empty("/proc/self/mountinfo");
  for (const std::string_view line : split_lines(mounts)) {
    const auto words = split_words(line);
    if (words.size() > 2 && words[2] == device_number) return true;
  }
  return false;
}

bool is_swap(const std::string& disk) {
  const std::string swaps = read_text_or_empty("/proc/swaps");
  for (const std::string_view line : split_lines(swaps)) {
    const auto words = split_words(line);
    if (!words.empty() && words[0] == "/dev/" + disk) return true;
  }
  return false;
}

Status check_disk_unused(const std::string& who, const std::string& directory,
                         const std::string& disk) {
  const std::string name = who + " (/dev/" + disk + ")";
  if (is_mounted(read_text_or_empty(directory + "/dev")))
    return taken(name,
                 "is mounted; if nvresume is to have it, copy away what it holds and unmount it");
  if (is_swap(disk))
    return taken(name, "is used as swap; swapoff it and take it out of /etc/fstab first");
  if (!list_directory(directory + "/holders").empty())
    return taken(name, "is part of another block device; take it out of that first");
  return ok_status();
}

Status check_disk_and_partitions(const std::string& who, const std::string& directory,
                                 const std::string& disk) {
  NVRESUME_TRY(check_disk_unused(who, directory, disk));
  for (const std::string& part : list_directory(directory))
    if (part.starts_with(disk)) NVRESUME_TRY(check_disk_unused(who, directory + "/" + part, part));
  return ok_status();
}

Status check_namespace_unused(const std::string& name, const NvmRange& range) {
  const std::string directory = std::string(kNamespaces) + "/" + name;
  const auto base = read_number(directory + "/resource");
  const auto bytes = read_number(directory + "/size");
  if (!base || !bytes || *base >= range.end() || range.base >= *base + *bytes) return ok_status();
  const std::string mode = read_text_or_empty(directory + "/mode");
  if (!mode.empty() && mode != "raw")
    return taken(name, "is configured as ").with(mode).with(", not raw; free it with ndctl first");
  for (const std::string& disk : list_directory(directory + "/block"))
    NVRESUME_TRY(check_disk_and_partitions(name, directory + "/block/" + disk, disk));
  return ok_status();
}

}  // namespace

Status check_range_unused(const NvmRange& range) {
  for (const std::string& name : list_directory(kNamespaces))
    if (name.starts_with("namespace")) NVRESUME_TRY(check_namespace_unused(name, range));
  return ok_status();
}

}  // namespace nvresume
