// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swapin.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "image/codec.h"
#include "resume/config_file.h"
#include "resume/memory_use.h"
#include "resume/phase_clock.h"
#include "resume/swapped_pages.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kReportPath[] = "/run/nvresume/swapin";
/// Left to programs that start meanwhile; chosen as twice where a desktop's low-memory monitors
/// begin to warn.
constexpr uint64_t kMemoryShareLeft = 8;
constexpr uint64_t kAskLimitNs = 10'000'000'000;  // chosen: the system is just coming back
constexpr size_t kPagesPerCall = 256;             // chosen: 1 MiB, and below IOV_MAX

/// -1 where it could not be started; then pages come back when they are touched.
pid_t start(const char* const* arguments) {
  posix_spawnattr_t attributes;
  sigset_t none;
  (void)sigemptyset(&none);
  if (posix_spawnattr_init(&attributes) != 0) return -1;
  // The save blocks its signals; this one must not inherit that, nor end with a terminal.
  (void)posix_spawnattr_setsigmask(&attributes, &none);  // neither can fail with these arguments
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  // Whoever called the save waits for the end of its output, or goes on to use the terminal.
  posix_spawn_file_actions_t files;
  if (posix_spawn_file_actions_init(&files) != 0) return -1;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    (void)posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments[0], &files, &attributes,
                                 const_cast<char* const*>(arguments), environ);
  (void)posix_spawn_file_actions_destroy(&files);
  (void)posix_spawnattr_destroy(&attributes);
  return error == 0 ? child : -1;
}

/// systemctl's question must be out before this program ends: systemd then ends whatever else runs
/// in the unit of the save.
void wait_bounded(pid_t child) {
  const uint64_t deadline_ns = clock_ns() + kAskLimitNs;
  constexpr timespec kPollInterval = {0, 10'000'000};
  while (child > 0 && waitpid(child, nullptr, WNOHANG) == 0 && clock_ns() < deadline_ns)
    (void)nanosleep(&kPollInterval, nullptr);  // woken early only costs one more round
}

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

void start_swapin() {
  if (read_setting("swapin") == "no") return;
  constexpr const char* kUnit[] = {"systemctl", "--no-block", "start", "nvresume-swapin.service",
                                   nullptr};
  constexpr const char* kProgram[] = {"/proc/self/exe", "swapin", nullptr};
  if (file_exists("/run/systemd/system"))
    wait_bounded(start(kUnit));
  else
    (void)start(kProgram);
}

std::array<SwapRuns, 1 + kSwapSteps> order_of_return(const SwapRecord& record,
                                                     const SwapRuns& now) {
  std::array<SwapRuns, 1 + kSwapSteps> order;
  SwapRuns known = record.before;
  for (const SwapRuns& step : record.steps) known = unite(known, step);
  order[0] = subtract(now, known);
  for (size_t i = 0; i < kSwapSteps; ++i) order[1 + i] = record.steps[kSwapSteps - 1 - i];
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
  (void)write_text(kReportPath, text, 0644);  // the journal has it too
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
