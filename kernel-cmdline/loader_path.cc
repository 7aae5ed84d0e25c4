// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/loader_path.h"

#include <strings.h>

#include <algorithm>

namespace nvresume {
namespace {

// UEFI 2.10, 10.3: node header, media file path node, end of path.
constexpr size_t kNodeHeaderBytes = 4;
constexpr uint8_t kMediaType = 4;
constexpr uint8_t kFilePathSubtype = 4;
constexpr uint8_t kEndType = 0x7f;

bool is_plain(uint16_t unit) { return unit >= 0x20 && unit < 0x7f; }

Status append_file_node(ConstBytes text, std::string& path) {
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto unit = static_cast<uint16_t>(text[i] | text[i + 1] << 8);
    if (unit == 0) break;
    if (!is_plain(unit))
      return Error(Reason::kUnsupportedSetup, "the boot loader's path is not plain ASCII");
    // Two nodes may or may not bring the backslash between them.
    if (path.ends_with('\\') && unit == '\\') continue;
    path += static_cast<char>(unit);
  }
  return ok_status();
}

}  // namespace

Result<std::string> file_of_device_path(ConstBytes device_path) {
  std::string path;
  while (true) {
    if (device_path.size() < kNodeHeaderBytes)
      return Error(Reason::kUnsupportedSetup, "the boot entry's device path has no end");
    const auto length = static_cast<size_t>(device_path[2] | device_path[3] << 8);
    if (device_path[0] == kEndType) return path;
    if (length < kNodeHeaderBytes || length > device_path.size())
      return Error(Reason::kUnsupportedSetup, "the boot entry's device path is malformed");
    if (device_path[0] == kMediaType && device_path[1] == kFilePathSubtype) {
      if (!path.empty() && !path.ends_with('\\')) path += '\\';
      NVRESUME_TRY(
          append_file_node(device_path.subspan(kNodeHeaderBytes, length - kNodeHeaderBytes), path));
    }
    device_path = device_path.subspan(length);
  }
}

Result<std::vector<uint16_t>> to_ucs2(std::string_view path) {
  std::vector<uint16_t> units;
  for (const char c : path) {
    if (!is_plain(static_cast<uint8_t>(c)))
      return Error(Reason::kBadArgument, "\"").with(path).with("\" is not plain ASCII");
    units.push_back(static_cast<uint16_t>(c));
  }
  units.push_back(0);
  return units;
}

std::string path_below(std::string_view mount_point, std::string_view path_on_esp) {
  std::string path(mount_point);
  if (!path_on_esp.starts_with('\\')) path += '/';
  path += path_on_esp;
  std::replace(path.begin() + static_cast<std::ptrdiff_t>(mount_point.size()), path.end(), '\\',
               '/');
  return path;
}

bool is_same_path(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace nvresume
