// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swapped_pages.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "image/codec.h"
#include "resume/memory_use.h"
#include "resume/phase_clock.h"
#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

constexpr uint64_t kSwappedBit = uint64_t{1} << 62;  // Documentation/admin-guide/mm/pagemap.rst
/// A mapping of which less than this share is in swap is left out: a sanitizer's or a language
/// runtime's reserved address space can be terabytes, and each page of it costs a look.
constexpr uint64_t kMappingShare = 4096;

class PageMap {
 public:
  PageMap(uint32_t pid, uint64_t deadline_ns)
      : pid_(pid),
        deadline_ns_(deadline_ns),
        fd_(::open(system_path("/proc/" + std::to_string(pid) + "/pagemap").c_str(),
                   O_RDONLY | O_CLOEXEC)) {}

  /// False where the deadline came first.
  bool add_swapped(SwapRuns& runs, uint64_t first_page, uint64_t end_page) {
    for (uint64_t page = first_page; page < end_page;) {
      if (clock_ns() >= deadline_ns_) return false;
      const size_t wanted = std::min<uint64_t>(end_page - page, entries_.size());
      const ssize_t got = ::pread(fd_.get(), entries_.data(), wanted * sizeof(uint64_t),
                                  static_cast<off_t>(page * sizeof(uint64_t)));
      if (got < static_cast<ssize_t>(sizeof(uint64_t))) return true;  // the process has ended
      for (size_t i = 0; i < static_cast<size_t>(got) / sizeof(uint64_t); ++i, ++page)
        if ((entries_[i] & kSwappedBit) != 0) add_page(runs, pid_, page);
      // Here, not once a process: of 40 GiB every second page is five million runs.
      if (runs.size() > 2 * kSwapRunsMaximum) limit_runs(runs, kSwapRunsMaximum);
    }
    return true;
  }

 private:
  uint32_t pid_;
  uint64_t deadline_ns_;
  UniqueFd fd_;
  std::array<uint64_t, 4096> entries_;  ///< 16 MiB of addresses a call
};

/// Line by line: a process may have 65530 mappings, and smaps 700 bytes for each.
class Lines {
 public:
  explicit Lines(const std::string& absolute)
      : fd_(::open(system_path(absolute).c_str(), O_RDONLY | O_CLOEXEC)) {}

  /// Without its newline, valid until the next call. One that does not fit comes in parts.
  bool next(std::string_view& line) {
    for (;;) {
      const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
      const size_t length = rest.find('\n');
      if (length != std::string_view::npos || rest.size() == buffer_.size()) {
        line = rest.substr(0, length);
        begin_ = std::min(begin_ + line.size() + 1, end_);
        return true;
      }
      if (!refill()) return false;
    }
  }

 private:
  bool refill() {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
    const ssize_t got = ::read(fd_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (got > 0) end_ += static_cast<size_t>(got);
    return got > 0;
  }

  UniqueFd fd_;
  std::array<char, 16384> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

struct Mapping {
  uint64_t first_page = 0;
  uint64_t end_page = 0;

  bool worth_a_look(uint64_t swapped_pages) const {
    return swapped_pages > 0 && end_page - first_page <= swapped_pages * kMappingShare;
  }
};

uint64_t hex(std::string_view digits) {
  return parse_number("0x" + std::string(digits)).value_or(0);
}

/// "7f0000000000-7f0000001000 rw-p …"; fields of a mapping begin with a capital letter.
bool read_mapping(std::string_view line, Mapping& mapping) {
  const size_t dash = line.find('-');
  const size_t space = line.find(' ');
  if (line.empty() || (line[0] >= 'A' && line[0] <= 'Z') || dash >= space) return false;
  mapping.first_page = hex(line.substr(0, dash)) / kPageBytes;
  mapping.end_page = hex(line.substr(dash + 1, space - dash - 1)) / kPageBytes;
  return true;
}

/// False where the deadline came first.
bool add_process(SwapRuns& runs, uint32_t pid, uint64_t deadline_ns) {
  if (clock_ns() >= deadline_ns) return false;
  const std::string directory = "/proc/" + std::to_string(pid);
  if (find_kib(read_text_or_empty(directory + "/status"), "VmSwap:") == 0) return true;
  Lines smaps(directory + "/smaps");
  PageMap pages(pid, deadline_ns);
  Mapping mapping;
  for (std::string_view line; smaps.next(line);) {
    // The kernel walks a mapping's pages to tell what of it is in swap: seconds, of a large one.
    if (clock_ns() >= deadline_ns) return false;
    if (read_mapping(line, mapping) || !line.starts_with("Swap:")) continue;
    if (mapping.worth_a_look(find_kib(line, "Swap:") * 1024 / kPageBytes) &&
        !pages.add_swapped(runs, mapping.first_page, mapping.end_page))
      return false;
  }
  return true;
}

}  // namespace

SwapLook find_swapped_pages(uint64_t deadline_ns) {
  std::vector<uint32_t> pids;
  for (const std::string& name : list_directory("/proc"))
    if (const auto pid = parse_number(name); pid && *pid != static_cast<uint64_t>(getpid()))
      pids.push_back(static_cast<uint32_t>(*pid));
  std::sort(pids.begin(), pids.end());
  SwapLook look;
  for (size_t i = 0; i < pids.size() && look.whole; ++i) {
    look.whole = add_process(look.runs, pids[i], deadline_ns);
    limit_runs(look.runs, kSwapRunsMaximum);
  }
  return look;
}

SwapRuns swapped_part(const SwapRun& run) {
  SwapRuns runs;
  PageMap pages(run.pid, UINT64_MAX);  // never too late
  (void)pages.add_swapped(runs, run.first_page, run.first_page + run.page_count);
  return runs;
}

}  // namespace nvresume
