// SPDX-License-Identifier: GPL-2.0-or-later
// table.h: Google Benchmark's results as one table, a line a contest.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace nvresume::bench {

class Table final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  /// Whether every contest gave the right bytes.
  bool good() const { return good_; }

 private:
  bool good_ = true;
};

}  // namespace nvresume::bench
