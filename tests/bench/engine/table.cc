// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/engine/table.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/bench/engine/contest.h"

namespace nvresume::bench {

bool Table::ReportContext(const Context& context) {
  printf(
      "%d CPUs, load %.1f; MB/s of the stream, medians; ratio: to the ideal, by time and by CPU\n",
      context.cpu_info.num_cpus,
      context.cpu_info.load_avg.empty() ? 0 : context.cpu_info.load_avg[0]);
  printf("%-44s %6s %6s %7s", "direction/stream/encoding/level/chunk/threads", "ratio", "cpu",
         "stored");
  for (const char* name : kRivalNames) printf(" %9s", name);
  printf("\n");
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.error_occurred) {
      good_ = false;
      printf("%-44s %s\n", run.run_name.function_name.c_str(), run.error_message.c_str());
      continue;
    }
    const auto value = [&](const char* name) {
      const auto found = run.counters.find(name);
      return found == run.counters.end() ? 0 : static_cast<double>(found->second);
    };
    printf("%-44s %6.2f %6.2f %6.0f%%", run.run_name.function_name.c_str(), value("ratio"),
           value("cpu_ratio"), 100 * value("stored_share"));
    for (const char* name : kRivalNames)
      value(name) > 0 ? printf(" %9.0f", value(name)) : printf(" %9s", "-");
    printf("\n");
    (void)fflush(stdout);
  }
}

}  // namespace nvresume::bench
