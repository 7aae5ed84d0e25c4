// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/namespace_disk.h"

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kNamespaces[] = "/sys/bus/nd/devices";

/// Only namespaces that a label describes have these two attributes.
std::string label_of(const std::string& directory) {
  const std::string name = read_text_or_empty(directory + "/alt_name");
  const std::string uuid = read_text_or_empty(directory + "/uuid");
  if (name.empty() && uuid.empty()) return "";
  return "\"" + name + "\" (uuid " + uuid + ")";
}

}  // namespace

std::vector<Namespace> namespaces_over(const NvmRange& range) {
  std::vector<Namespace> found;
  for (const std::string& name : list_directory(kNamespaces)) {
    if (!name.starts_with("namespace")) continue;
    Namespace one{name, std::string(kNamespaces) + "/" + name, {}, "", ""};
    const auto base = read_number(one.directory + "/resource");
    const auto bytes = read_number(one.directory + "/size");
    if (!base || !bytes || *base >= range.end() || range.base >= *base + *bytes) continue;
    one.range = {*base, *bytes};
    one.label = label_of(one.directory);
    const auto disks = list_directory(one.directory + "/block");
    if (!disks.empty()) one.disk = disks.front();
    found.push_back(one);
  }
  return found;
}

std::optional<NamespaceDisk> find_namespace_disk(const NvmRange& range) {
  for (const Namespace& one : namespaces_over(range))
    // Sector and fsdax modes put something of their own before the data.
    if (!one.disk.empty() && one.range.base <= range.base && range.end() <= one.range.end() &&
        one.disk.starts_with("pmem") && one.disk.find_first_of("sp", 4) == std::string::npos)
      return NamespaceDisk{one.name, "/dev/" + one.disk, range.base - one.range.base};
  return std::nullopt;
}

}  // namespace nvresume
