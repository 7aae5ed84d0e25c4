// SPDX-License-Identifier: GPL-2.0-or-later
// `nvresume swapin`: brings back what the last save swapped out, in the background.
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "image/codec.h"
#include "resume/command.h"
#include "resume/config_file.h"
#include "resume/pace.h"
#include "resume/phase_clock.h"
#include "resume/swapin.h"
#include "resume/swapped_pages.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// A batch, then as long a rest as makes it this many bytes a second. Chosen: a tenth of what the
/// slowest NVM reads, so that a program that faults beside it does not wait.
constexpr uint64_t kBytesPerS = uint64_t{256} << 20;
constexpr uint32_t kBatchPages = 1024;
constexpr uint64_t kLookLimitNs = 30'000'000'000;  // at idle priority, on a busy machine; chosen

/// Only when nobody else wants the processor or a disk. Where the kernel refuses, the rate alone
/// bounds it.
void become_idle() {
  const sched_param none{};
  (void)sched_setscheduler(0, SCHED_IDLE, &none);
  constexpr int kWhoProcess = 1, kClassIdle = 3, kClassShift = 13;  // linux/ioprio.h
  (void)syscall(SYS_ioprio_set, kWhoProcess, 0, kClassIdle << kClassShift);
}

class Swapin {
 public:
  /// `number`: the record's.
  explicit Swapin(std::optional<uint64_t> number) : number_(number) {}
  SwapinReport run(const SwapRecord& record) {
    const SwapRuns now = find_swapped_pages(start_ns_ + kLookLimitNs).runs;
    report_.wanted_pages = page_count(subtract(now, record.before));
    for (const SwapRuns& runs : order_of_return(record, now)) bring_back_all(runs);
    report_.duration_ns = clock_ns() - start_ns_;
    return report_;
  }

 private:
  void bring_back_all(const SwapRuns& runs) {
    for (const SwapRun& run : runs)
      for (uint32_t done = 0; done < run.page_count && may_go_on();) {
        const uint32_t count = std::min(run.page_count - done, kBatchPages);
        const uint64_t back_pages = bring_back({run.first_page + done, count, run.pid});
        report_.back_pages += back_pages;
        done += count;
        rest(back_pages);
      }
  }

  /// Another save forgets the record, and stores its own: it wants the memory.
  bool may_go_on() const { return !report_.short_of_memory && swap_record_number() == number_; }

  void rest(uint64_t back_pages) {
    report_.short_of_memory = !has_room(read_text_or_empty("/proc/meminfo"));
    const uint64_t due_ns = pace_.due_ns(back_pages * kPageBytes, clock_ns());
    const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                       static_cast<long>(due_ns % 1'000'000'000)};
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);  // early is faster, once
  }

  const std::optional<uint64_t> number_;
  const uint64_t start_ns_ = clock_ns();
  Pace pace_{kBytesPerS};
  SwapinReport report_;
};

int run_swapin(std::span<char* const> args) {
  if (args.size() > 1) {
    const bool help = strcmp(args[1], "--help") == 0;
    (void)fputs("usage: nvresume swapin\n", help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  if (read_setting("swapin") == "no") {
    printf("nvresume: swapin=no in /etc/nvresume.conf: pages come back when they are used\n");
    return 0;
  }
  const auto number = swap_record_number();  // first: a later record is not that number's
  const auto record = load_swap_record();
  if (!record.ok()) {
    printf("nvresume: nothing to bring back: %s\n", std::string(record.error().text()).c_str());
    return 0;
  }
  become_idle();
  const SwapinReport report = Swapin(number).run(*record);
  store_report(report);
  printf("nvresume: back from swap: %s\n", describe(report).c_str());
  return 0;
}

NVRESUME_COMMAND(swapin, "bring back what the last save swapped out", run_swapin);

}  // namespace
}  // namespace nvresume
