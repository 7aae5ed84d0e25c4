// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/own_namespace.h"

#include <algorithm>

#include "image/layout.h"
#include "kernel-cmdline/change_gate.h"
#include "resume/nd_namespace.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kDevices[] = "/sys/bus/nd/devices/";
constexpr char kBind[] = "/sys/bus/nd/drivers/nd_pmem/bind";
/// ND_DEVICE_NAMESPACE_PMEM, include/uapi/linux/ndctl.h: namespaces are made by labels.
constexpr uint64_t kNamespacesByLabel = 5;
/// What libnvdimm aligns namespaces to where a region does not say (16 MiB for each module of it).
constexpr uint64_t kAlignBytes = uint64_t{16} << 20;
/// The stage counts ordinary memory in firmware's map, in steps of 64 MiB; this kernel's view of it
/// is a little smaller.
constexpr uint64_t kMemoryStepBytes = uint64_t{64} << 20;

uint64_t round_up(uint64_t bytes, uint64_t step) { return (bytes + step - 1) / step * step; }

Status write_attribute(const std::string& path, const std::string& value) {
  NVRESUME_TRY(before_change());
  if (write_in_place(path, value)) return ok_status();
  return system_error(Reason::kIoError, "write", path);
}

/// Where a label with this uuid made one; "" where there is none.
std::string find_by_uuid(const std::string& uuid) {
  for (const std::string& name : list_directory(kDevices)) {
    const std::string directory = kDevices + name;
    if (name.starts_with("namespace") && read_text_or_empty(directory + "/uuid") == uuid &&
        read_number(directory + "/size").value_or(0) != 0)
      return name;
  }
  return "";
}

/// So that what lies there can be looked at in this boot. Without a driver, or where the stage has
/// the range already, the second step looks.
void show_disk(const std::string& name) { (void)write_in_place(kBind, name); }

Error no_place(const LabelledRegion& region) {
  return Error(Reason::kRangeTaken, region.name)
      .with(" takes no namespace now; enable it (ndctl enable-region ")
      .with(region.name)
      .with(") and run nvresume setup again");
}

}  // namespace

std::optional<LabelledRegion> find_labelled_region(const NvmRange& range) {
  for (const std::string& name : list_directory(kDevices)) {
    const std::string directory = kDevices + name;
    if (!name.starts_with("region") || read_number(directory + "/nstype") != kNamespacesByLabel)
      continue;
    LabelledRegion region{name, {}, 0, 0};
    region.range.base = read_number(directory + "/resource").value_or(0);
    region.range.bytes = read_number(directory + "/size").value_or(0);
    // Candidates are shrunk to whole units of the stage's.
    if (range.base < region.range.base || region.range.end() < range.end() ||
        region.range.bytes - range.bytes >= 2 * kRangeAlignment)
      continue;
    region.free_bytes = read_number(directory + "/max_available_extent").value_or(0);
    region.align_bytes =
        read_number(directory + "/align")
            .value_or(kAlignBytes * read_number(directory + "/mappings").value_or(1));
    return region;
  }
  return std::nullopt;
}

std::optional<NvmRange> find_own_namespace(const LabelledRegion& region) {
  for (const NdNamespace& ns : namespaces_in(region.range.base, region.range.bytes))
    if (ns.bytes != 0 && ns.label_name == kOwnNamespaceName) return NvmRange{ns.base, ns.bytes};
  return std::nullopt;
}

uint64_t own_namespace_bytes(const LabelledRegion& region, uint64_t ordinary_bytes,
                             uint32_t factor_percent) {
  const uint64_t memory = round_up(ordinary_bytes, kMemoryStepBytes) + kMemoryStepBytes;
  const uint64_t wanted = round_up(memory / 100 * factor_percent, region.align_bytes);
  return std::min(wanted, region.free_bytes / region.align_bytes * region.align_bytes);
}

Result<NvmRange> make_own_namespace(const LabelledRegion& region, uint64_t bytes,
                                    Journal& journal) {
  const std::string seed = read_text_or_empty(kDevices + region.name + "/namespace_seed");
  const std::string uuid = read_text_or_empty("/proc/sys/kernel/random/uuid");
  if (seed.empty() || uuid.empty()) return no_place(region);
  NVRESUME_TRY(journal.record({Change::kNamespace, uuid, "absent"}));
  const std::string directory = kDevices + seed;
  NVRESUME_TRY(write_attribute(directory + "/alt_name", kOwnNamespaceName));
  NVRESUME_TRY(write_attribute(directory + "/uuid", uuid));
  // The label is written here, and not before.
  NVRESUME_TRY(write_attribute(directory + "/size", std::to_string(bytes)));
  const auto base = read_number(directory + "/resource");
  if (!base || read_number(directory + "/size") != bytes)
    return Error(Reason::kVerifyFailed, seed)
        .with(" is not as it was made; run nvresume remove, which takes it back");
  show_disk(seed);
  return NvmRange{*base, bytes};
}

Status delete_own_namespace(const std::string& uuid) {
  const std::string name = find_by_uuid(uuid);
  if (name.empty()) return ok_status();
  if (file_exists(kDevices + name + "/driver")) {
    NdNamespace bound;
    bound.device = name;
    NVRESUME_TRY(before_change());
    NVRESUME_TRY(unbind(bound));
  }
  return write_attribute(kDevices + name + "/size", "0");
}

}  // namespace nvresume
