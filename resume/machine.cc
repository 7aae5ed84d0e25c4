// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/machine.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "resume/memory_use.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

template <size_t kSize>
void copy_text(std::string_view text, char (&out)[kSize]) {
  ::memset(out, 0, kSize);
  ::memcpy(out, text.data(), std::min(text.size(), kSize - 1));
}

bool starts_before(const MapRange& a, const MapRange& b) {
  return a.start != b.start ? a.start < b.start : a.end < b.end;
}

/// Calls read_entry(directory, range) for every numbered directory of a sysfs map.
template <typename ReadEntry>
std::vector<MapRange> read_map(const std::string& path, ReadEntry read_entry) {
  std::vector<MapRange> map;
  for (const std::string& name : list_directory(path)) {
    MapRange range{};
    if (read_entry(path + "/" + name, range)) map.push_back(range);
  }
  std::sort(map.begin(), map.end(), starts_before);
  return map;
}

bool read_firmware_entry(const std::string& entry, MapRange& range) {
  const auto start = read_number(entry + "/start");
  const auto end = read_number(entry + "/end");
  if (!start || !end) return false;
  range.start = *start;
  range.end = *end;
  copy_text(read_text_or_empty(entry + "/type"), range.type);
  return true;
}

bool read_runtime_entry(const std::string& entry, MapRange& range) {
  const auto start = read_number(entry + "/phys_addr");
  const auto pages = read_number(entry + "/num_pages");
  if (!start || !pages || *pages == 0) return false;
  range.start = *start;
  range.end = *start + *pages * 4096 - 1;  // EFI pages are 4 KiB everywhere (UEFI 2.10, 7.2)
  range.virtual_start = read_number(entry + "/virt_addr").value_or(0);
  range.attributes = read_number(entry + "/attribute").value_or(0);
  copy_text(read_text_or_empty(entry + "/type"), range.type);
  return true;
}

}  // namespace

void describe_machine(MetadataHeader& header) {
  struct utsname names = {};
  if (::uname(&names) == 0) {
    copy_text(names.nodename, header.host);
    copy_text(names.release, header.kernel_release);
    copy_text(names.version, header.kernel_version);
  }
  copy_text(read_text_or_empty("/etc/machine-id"), header.machine_id);
  copy_text(read_text_or_empty("/proc/sys/kernel/random/boot_id"), header.boot_id);
  copy_text(read_text_or_empty("/sys/class/dmi/id/product_name"), header.product);
  header.memory_bytes = meminfo_bytes("MemTotal:");
  header.cpu_count = static_cast<uint32_t>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 0L));
  header.page_bytes = static_cast<uint32_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
}

Result<std::vector<MapRange>> read_firmware_map() {
  std::vector<MapRange> map = read_map("/sys/firmware/memmap", read_firmware_entry);
  if (map.empty())
    return Error(Reason::kIoError,
                 "/sys/firmware/memmap is missing or empty (kernel built without ")
        .with("CONFIG_FIRMWARE_MEMMAP?)");
  return map;
}

Result<std::vector<MapRange>> read_runtime_map() {
  return read_map("/sys/firmware/efi/runtime-map", read_runtime_entry);
}

}  // namespace nvresume
