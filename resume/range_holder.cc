// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/range_holder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "image/superblock.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr char kNdDevices[] = "/sys/bus/nd/devices";

struct IomemEntry {
  size_t depth;
  uint64_t start;
  uint64_t end;  // inclusive
  std::string_view name;
};

/// "  100000000-17fffffff : Persistent Memory"; two spaces a level.
std::optional<IomemEntry> parse_iomem_line(std::string_view line) {
  const size_t indent = line.find_first_not_of(' ');
  const size_t dash = line.find('-');
  const size_t colon = line.find(" : ");
  if (indent == std::string_view::npos || dash == std::string_view::npos ||
      colon == std::string_view::npos || dash < indent || colon < dash)
    return std::nullopt;
  const auto start = parse_number("0x" + std::string(line.substr(indent, dash - indent)));
  const auto end = parse_number("0x" + std::string(line.substr(dash + 1, colon - dash - 1)));
  if (!start || !end) return std::nullopt;
  return IomemEntry{indent / 2, *start, *end, line.substr(colon + 3)};
}

/// Entries that only describe an address range and exclude nobody.
bool is_holder(const IomemEntry& entry) {
  return entry.name != "Reserved" && !entry.name.starts_with("Persistent Memory") &&
         !entry.name.starts_with("PCI Bus");
}

struct Namespace {
  std::string name;
  std::string block;  // "pmem0"
  uint64_t first;     // physical address of its first byte
};

/// The raw namespace with a block device that covers the range. Sector (BTT) and fsdax modes put
/// something else in front of the data, so that a block offset is no address offset: not ours.
std::optional<Namespace> find_namespace(const NvresumeRange& range) {
  const uint64_t bytes = range.image_bytes + range.swap_bytes;
  for (const std::string& name : list_directory(kNdDevices)) {
    if (!name.starts_with("namespace")) continue;
    const std::string device = std::string(kNdDevices) + "/" + name;
    const auto first = read_number(device + "/resource");
    const auto size = read_number(device + "/size");
    const auto blocks = list_directory(device + "/block");
    if (!first || !size || blocks.empty()) continue;
    if (*first <= range.range_base && range.range_base - *first + bytes <= *size)
      return Namespace{name, blocks.front(), *first};
  }
  return std::nullopt;
}

/// Error text, or nothing where the superblock lies there and nobody uses the device.
std::optional<std::string> why_not_ours(const Namespace& holder, const NvresumeRange& range) {
  const std::string path = system_path("/dev/" + holder.block);
  // O_EXCL on a block device: refused while it is mounted, swapped on or part of an array.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  if (!fd.open()) return errno == EBUSY ? "it is in use" : path + ": " + ::strerror(errno);
  Superblock copy;
  for (const uint64_t offset : {kSuperblockAOffset, kSuperblockBOffset}) {
    const auto at = static_cast<off_t>(range.range_base - holder.first + offset);
    if (::pread(fd.get(), &copy, sizeof(copy), at) != static_cast<ssize_t>(sizeof(copy))) continue;
    if (check(copy).ok() && copy.range_base == range.range_base) return std::nullopt;
  }
  return "it holds no nvresume superblock";
}

Error taken(const std::string& who, const std::string& why) {
  return Error(Reason::kRangeTaken, "the range belongs to ").with(who).with(": ").with(why);
}

}  // namespace

std::string describe_range_holders(std::string_view iomem, uint64_t base, uint64_t bytes) {
  std::vector<IomemEntry> found;
  for (const std::string_view line : split_lines(iomem)) {
    const auto entry = parse_iomem_line(line);
    if (!entry || entry->end < base || entry->start > base + bytes - 1) continue;
    // A deeper entry is the more exact answer than the one around it.
    while (!found.empty() && found.back().depth < entry->depth &&
           found.back().start <= entry->start && found.back().end >= entry->end)
      found.pop_back();
    found.push_back(*entry);
  }
  std::string text;
  for (const IomemEntry& entry : found) {
    if (!is_holder(entry)) continue;
    char span[64];
    ::snprintf(span, sizeof(span), " at 0x%llx-0x%llx",
               static_cast<unsigned long long>(entry.start),
               static_cast<unsigned long long>(entry.end));
    text += (text.empty() ? "" : ", ") + std::string(entry.name) + span;
  }
  return text;
}

Status release_range(const NvresumeRange& range) {
  const auto holder = find_namespace(range);
  if (!holder) {
    const std::string who = describe_range_holders(
        read_text_or_empty("/proc/iomem"), range.range_base, range.image_bytes + range.swap_bytes);
    return taken(who.empty() ? "another driver" : who, "release it and run nvresume attach again");
  }
  const std::string who = holder->name + " (/dev/" + holder->block + ")";
  if (const auto why = why_not_ours(*holder, range)) return taken(who, *why);
  const std::string unbind = system_path("/sys/bus/nd/drivers/nd_pmem/unbind");
  const UniqueFd fd(::open(unbind.c_str(), O_WRONLY | O_CLOEXEC));
  const auto length = static_cast<ssize_t>(holder->name.size());
  if (!fd.open() || ::write(fd.get(), holder->name.data(), holder->name.size()) != length)
    return taken(who, "unbinding it failed: " + std::string(::strerror(errno)));
  return ok_status();
}

}  // namespace nvresume
