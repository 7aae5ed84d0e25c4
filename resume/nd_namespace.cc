// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/nd_namespace.h"

#include <errno.h>
#include <string.h>

#include <algorithm>

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kDevices[] = "/sys/bus/nd/devices";
constexpr char kUnbind[] = "/sys/bus/nd/drivers/nd_pmem/unbind";

/// The kernel's words (drivers/nvdimm/namespace_devs.c, mode) in ndctl's.
std::string mode_of(const std::string& directory) {
  const std::string mode = read_text_or_empty(directory + "/mode");
  if (mode == "safe") return "sector";
  if (mode == "memory") return "fsdax";
  if (mode == "dax") return "devdax";
  return mode.empty() ? "raw" : mode;
}

NdNamespace read_namespace(const std::string& device) {
  const std::string directory = std::string(kDevices) + "/" + device;
  NdNamespace ns;
  ns.device = device;
  ns.label_name = read_text_or_empty(directory + "/alt_name");
  ns.mode = mode_of(directory);
  // 0 bytes: a seed, which `ndctl create-namespace` would use next.
  ns.base = read_number(directory + "/resource").value_or(0);
  ns.bytes = read_number(directory + "/size").value_or(0);
  ns.bound = file_exists(directory + "/driver");
  const auto disks = list_directory(directory + "/block");
  if (!disks.empty()) ns.disk = disks.front();
  return ns;
}

}  // namespace

std::vector<NdNamespace> namespaces_in(uint64_t base, uint64_t bytes) {
  std::vector<NdNamespace> found;
  for (const std::string& device : list_directory(kDevices)) {
    if (!device.starts_with("namespace")) continue;
    NdNamespace ns = read_namespace(device);
    if (ns.base < base + bytes && base < ns.end()) found.push_back(std::move(ns));
  }
  std::sort(found.begin(), found.end(),
            [](const NdNamespace& a, const NdNamespace& b) { return a.base < b.base; });
  return found;
}

std::string describe(const NdNamespace& ns) {
  std::string text = ns.device;
  if (!ns.label_name.empty()) text += " \"" + ns.label_name + "\"";
  if (!ns.disk.empty()) text += " (/dev/" + ns.disk + ")";
  return text;
}

Status unbind(const NdNamespace& ns) {
  if (write_in_place(kUnbind, ns.device)) return ok_status();
  return Error(Reason::kRangeTaken, "the range belongs to ")
      .with(describe(ns))
      .with(": unbinding it failed: ")
      .with(::strerror(errno));
}

}  // namespace nvresume
