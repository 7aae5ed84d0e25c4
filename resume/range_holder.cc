// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/range_holder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "image/superblock.h"
#include "resume/disk_signature.h"
#include "resume/nd_namespace.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint32_t kPollMs = 10;
/// Chosen: nd_pmem makes the disk within milliseconds of taking the range.
constexpr uint32_t kDiskTimeoutMs = 1000;
constexpr uint64_t kMiB = 1024 * 1024;

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

Error taken(const std::string& who, const std::string& why) {
  return Error(Reason::kRangeTaken, "the range belongs to ").with(who).with(": ").with(why);
}

Error taken(const NdNamespace& holder, const std::string& why) {
  return taken(describe(holder), why);
}

uint64_t bytes_of(const NvresumeRange& range) { return range.image_bytes + range.swap_bytes; }

/// Those that keep the range from us. A mode other than raw is a device of its own on top.
std::vector<NdNamespace> find_holders(const NvresumeRange& range) {
  std::vector<NdNamespace> found = namespaces_in(range.range_base, bytes_of(range));
  std::erase_if(found, [](const NdNamespace& ns) { return !ns.bound && ns.mode == "raw"; });
  return found;
}

/// nd_pmem has the range for a moment before it has made the disk.
std::vector<NdNamespace> await_holders(const NvresumeRange& range) {
  for (uint32_t waited_ms = 0;; waited_ms += kPollMs) {
    std::vector<NdNamespace> holders = find_holders(range);
    const bool complete = std::none_of(holders.begin(), holders.end(), [](const NdNamespace& ns) {
      return ns.mode == "raw" && ns.disk.empty();
    });
    if (complete || waited_ms >= kDiskTimeoutMs) return holders;
    const struct timespec pause = {0, kPollMs * 1000000L};
    (void)::nanosleep(&pause, nullptr);
  }
}

bool holds_superblock(int fd, uint64_t front_bytes, const NvresumeRange& range) {
  Superblock copy;
  for (const uint64_t offset : {kSuperblockAOffset, kSuperblockBOffset}) {
    const auto at = static_cast<off_t>(front_bytes + offset);
    if (::pread(fd, &copy, sizeof(copy), at) != static_cast<ssize_t>(sizeof(copy))) continue;
    if (check(copy).ok() && copy.range_base == range.range_base &&
        copy.image_bytes == range.image_bytes && copy.swap_bytes == range.swap_bytes)
      return true;
  }
  return false;
}

/// The namespace's disk, held exclusively, if it is ours and nobody uses it.
Result<UniqueFd> claim(const NdNamespace& ns, const NvresumeRange& range) {
  if (ns.mode != "raw")
    return taken(ns, "it is in " + ns.mode + " mode; nvresume setup --range names other NVM");
  if (ns.disk.empty()) return taken(ns, "its disk did not appear; restart, or run nvresume attach");
  const std::string path = system_path("/dev/" + ns.disk);
  // O_EXCL on a block device: refused while it, or a partition of it, is mounted, swapped on or
  // part of an array.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  if (!fd.open() && errno == EBUSY)
    return taken(ns, "it is in use; unmount it and run nvresume attach");
  if (!fd.open()) return taken(ns, path + ": " + ::strerror(errno));
  if (ns.base > range.range_base)
    return taken(ns, "it begins inside nvresume's range; ndctl disable-namespace " + ns.device +
                         " frees it, if nothing in it is needed");
  const uint64_t front_bytes = range.range_base - ns.base;
  const std::string in_front = front_bytes == 0 ? "" : signature_on(fd.get(), front_bytes);
  if (!in_front.empty())
    return taken(ns, "it holds " + in_front + " too; nvresume setup --range names other NVM");
  if (holds_superblock(fd.get(), front_bytes, range)) return fd;
  return taken(ns, "it holds no nvresume superblock; ndctl disable-namespace " + ns.device +
                       " frees it, if nothing in it is needed");
}

/// One line about what is no longer seen; nothing of somebody's may vanish unsaid.
std::string tell_released(const NdNamespace& ns, const NvresumeRange& range) {
  const uint64_t end = range.range_base + bytes_of(range);
  const uint64_t ours = std::min(ns.end(), end) - std::max(ns.base, range.range_base);
  const std::string text = "took " + describe(ns) + " from nd_pmem: it holds nvresume's range";
  const uint64_t others_mib = (ns.bytes - ours) / kMiB;
  if (others_mib == 0) return text;
  return text + "; its other " + std::to_string(others_mib) +
         " MiB cannot be used beside it (namespace labels would keep them apart)";
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

Result<std::string> release_range(const NvresumeRange& range) {
  const std::vector<NdNamespace> holders = await_holders(range);
  if (holders.empty()) {
    const std::string who = describe_range_holders(read_text_or_empty("/proc/iomem"),
                                                   range.range_base, bytes_of(range));
    return taken(who.empty() ? "another driver" : who, "release it and run nvresume attach");
  }
  // Held until all is unbound: between the look and the unbinding nobody can mount one.
  std::vector<UniqueFd> held;
  for (const NdNamespace& ns : holders) {
    NVRESUME_ASSIGN(UniqueFd fd, claim(ns, range));
    held.push_back(std::move(fd));
  }
  std::string told;
  for (const NdNamespace& ns : holders) {
    NVRESUME_TRY(unbind(ns));
    told += (told.empty() ? "" : "; ") + tell_released(ns, range);
  }
  return told;
}

}  // namespace nvresume
