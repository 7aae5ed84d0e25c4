// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swapin.h"

#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

#include "image/codec.h"
#include "resume/memory_use.h"
#include "resume/swapped_pages.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kReportPath[] = "/run/nvresume/swapin";
/// Left to programs that start meanwhile; chosen as twice where a desktop's low-memory monitors
/// begin to warn.
constexpr uint64_t kMemoryShareLeft = 8;
constexpr size_t kPagesPerCall = 256;  // chosen: 1 MiB, and below IOV_MAX

/// A run of at most kPagesPerCall pages. All are read into one page of ours: what they hold does
/// not matter, that they are looked at does.
uint64_t read_pages(const SwapRun& run) {
  static uint8_t nowhere[kPageBytes];
  iovec local[kPagesPerCall];
  for (size_t i = 0; i < run.page_count; ++i) local[i] = {nowhere, sizeof(nowhere)};
  const iovec remote{reinterpret_cast<void*>(run.first_page * kPageBytes),
                     run.page_count * uint64_t{kPageBytes}};
  const ssize_t bytes =
      process_vm_readv(static_cast<pid_t>(run.pid), local, run.page_count, &remote, 1, 0);
  return bytes > 0 ? static_cast<uint64_t>(bytes) / kPageBytes : 0;
}

}  // namespace

std::array<SwapRuns, 1 + kSwapSteps> order_of_return(const SwapRecord& record,
                                                     const SwapRuns& now) {
  SwapRuns known = record.before;
  for (const SwapRuns& step : record.steps) known = unite(known, step);
  std::array<SwapRuns, 1 + kSwapSteps> order;
  std::reverse_copy(record.steps.begin(), record.steps.end(), order.begin() + 1);
  order[0] = subtract(now, known);
  if (!record.whole) std::rotate(order.begin(), order.begin() + 1, order.end());
  return order;
}

uint64_t bring_back(const SwapRun& run) {
  uint64_t back_pages = 0;
  for (const SwapRun& part : swapped_part(run))
    for (uint32_t done = 0; done < part.page_count;) {
      const auto count =
          static_cast<uint32_t>(std::min<size_t>(part.page_count - done, kPagesPerCall));
      back_pages += read_pages({part.first_page + done, count, part.pid});
      done += count;
    }
  return back_pages;
}

bool has_room(std::string_view meminfo) {
  return find_kib(meminfo, "MemAvailable:") > find_kib(meminfo, "MemTotal:") / kMemoryShareLeft;
}

std::string describe(const SwapinReport& report) {
  char text[120];
  (void)snprintf(text, sizeof(text), "%lu of %lu MiB in %.1f s%s",
                 report.back_pages * kPageBytes >> 20, report.wanted_pages * kPageBytes >> 20,
                 static_cast<double>(report.duration_ns) / 1e9,
                 report.short_of_memory ? "; the rest when it is used: memory is short" : "");
  return text;
}

void store_report(const SwapinReport& report) {
  const std::string text =
      std::to_string(report.wanted_pages) + " " + std::to_string(report.back_pages) + " " +
      std::to_string(report.duration_ns) + " " + (report.short_of_memory ? "1" : "0") + "\n";
  (void)write_run_text(kReportPath, text, 0644);  // the journal has it too
}

void forget_report() { (void)::unlink(system_path(kReportPath).c_str()); }

std::optional<SwapinReport> load_report() {
  const std::string text = read_text_or_empty(kReportPath);
  const auto words = split_words(text);
  if (words.size() != 4) return std::nullopt;
  SwapinReport report;
  report.wanted_pages = parse_number(words[0]).value_or(0);
  report.back_pages = parse_number(words[1]).value_or(0);
  report.duration_ns = parse_number(words[2]).value_or(0);
  report.short_of_memory = words[3] == "1";
  return report;
}

}  // namespace nvresume
