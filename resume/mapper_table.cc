// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/mapper_table.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "resume/system_error.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint64_t kSectorBytes = 512;
constexpr size_t kReplyBytes = 64 * 1024;  // several hundred targets
constexpr char kControl[] = "/dev/mapper/control";

Error unsupported(std::string_view what) { return Error(Reason::kUnsupportedStorage, what); }

/// "8:3" and a sector number.
Result<MapperTarget> place_on(MapperTarget target, std::string_view device,
                              std::string_view sector) {
  const size_t colon = device.find(':');
  const auto major_number = parse_number(device.substr(0, colon));
  const auto first = parse_number(sector);
  if (colon == std::string_view::npos || !major_number || !first)
    return unsupported("a device-mapper table that cannot be read");
  const auto minor_number = parse_number(device.substr(colon + 1));
  if (!minor_number) return unsupported("a device-mapper table that cannot be read");
  target.below = makedev(*major_number, *minor_number);
  target.below_bytes = *first * kSectorBytes;
  return target;
}

/// The reply holds dm-crypt's keys where they are not in the keyring: wiped when it goes.
struct Reply {
  Reply() : bytes(kReplyBytes) {}
  ~Reply() { ::explicit_bzero(bytes.data(), bytes.size()); }
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  dm_ioctl& header() { return *reinterpret_cast<dm_ioctl*>(bytes.data()); }
  std::vector<char> bytes;
};

Status ask_table(dev_t device, Reply& reply) {
  dm_ioctl& header = reply.header();
  header.version[0] = DM_VERSION_MAJOR;
  header.data_size = kReplyBytes;
  header.data_start = sizeof(dm_ioctl);
  header.flags = DM_STATUS_TABLE_FLAG;
  header.dev = device;
  const UniqueFd control(::open(kControl, O_RDWR | O_CLOEXEC));
  if (!control.open()) return system_error(Reason::kIoError, "open", kControl);
  if (::ioctl(control.get(), DM_TABLE_STATUS, reply.bytes.data()) != 0)
    return system_error(Reason::kIoError, "DM_TABLE_STATUS", kControl);
  if ((header.flags & DM_BUFFER_FULL_FLAG) != 0)
    return unsupported("a device-mapper table of several hundred targets");
  return ok_status();
}

}  // namespace

Result<MapperTarget> parse_mapper_target(uint64_t start_sector, uint64_t sector_count,
                                         std::string_view type, std::string_view parameters) {
  const MapperTarget target{start_sector * kSectorBytes, sector_count * kSectorBytes, 0, 0};
  const auto words = split_words(parameters);
  // <device> <sector>
  if (type == "linear" && words.size() >= 2) return place_on(target, words[0], words[1]);
  // <cipher> <key> <iv offset> <device> <sector> [<count> <options>]
  if (type == "crypt" && words.size() >= 5) {
    const bool has_tags = std::any_of(words.begin() + 5, words.end(),
                                      [](auto word) { return word.starts_with("integrity:"); });
    if (has_tags) return unsupported("dm-crypt with integrity tags");
    return place_on(target, words[3], words[4]);
  }
  return Error(Reason::kUnsupportedStorage, "device-mapper target \"").with(type).with("\"");
}

Result<std::vector<MapperTarget>> read_mapper_table(dev_t device) {
  Reply reply;
  NVRESUME_TRY(ask_table(device, reply));
  std::vector<MapperTarget> targets;
  size_t at = reply.header().data_start;
  for (uint32_t i = 0; i < reply.header().target_count; i++) {
    if (at + sizeof(dm_target_spec) >= reply.bytes.size()) break;
    dm_target_spec spec;
    ::memcpy(&spec, reply.bytes.data() + at, sizeof(spec));
    spec.target_type[sizeof(spec.target_type) - 1] = 0;
    const char* text = reply.bytes.data() + at + sizeof(spec);
    const size_t room = reply.bytes.size() - at - sizeof(spec);
    NVRESUME_ASSIGN(const MapperTarget target,
                    parse_mapper_target(spec.sector_start, spec.length, spec.target_type,
                                        std::string_view(text, ::strnlen(text, room))));
    targets.push_back(target);
    // In a reply, `next` counts from the first target.
    at = reply.header().data_start + spec.next;
  }
  return targets;
}

}  // namespace nvresume
