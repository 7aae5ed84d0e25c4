// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/swap_runs.h"

#include <algorithm>
#include <tuple>

namespace nvresume {
namespace {

uint64_t end_of(const SwapRun& run) { return run.first_page + run.page_count; }

bool before(const SwapRun& a, const SwapRun& b) {
  return std::tie(a.pid, a.first_page) < std::tie(b.pid, b.first_page);
}

/// A run's length is 32 bits: 16 TiB, which only closed gaps could pass.
bool can_join(const SwapRun& run, const SwapRun& next, uint64_t gap_pages) {
  return run.pid == next.pid && next.first_page <= end_of(run) + gap_pages &&
         end_of(next) - run.first_page <= UINT32_MAX;
}

void join(SwapRun& run, const SwapRun& next) {
  const uint64_t end = std::max(end_of(run), end_of(next));
  run.page_count = static_cast<uint32_t>(end - run.first_page);
}

/// `sorted`, neighbours with at most `gap_pages` between them made one.
SwapRuns joined(const SwapRuns& sorted, uint64_t gap_pages) {
  SwapRuns runs;
  for (const SwapRun& run : sorted) {
    if (!runs.empty() && can_join(runs.back(), run, gap_pages))
      join(runs.back(), run);
    else
      runs.push_back(run);
  }
  return runs;
}

}  // namespace

void add_page(SwapRuns& runs, uint32_t pid, uint64_t page) {
  if (!runs.empty() && runs.back().pid == pid && end_of(runs.back()) == page &&
      runs.back().page_count < UINT32_MAX)
    ++runs.back().page_count;
  else
    runs.push_back({page, 1, pid});
}

SwapRuns subtract(const SwapRuns& runs, const SwapRuns& known) {
  SwapRuns left;
  auto hole = known.begin();
  for (SwapRun run : runs) {
    while (hole != known.end() &&
           (hole->pid < run.pid || (hole->pid == run.pid && end_of(*hole) <= run.first_page)))
      ++hole;
    // A hole may reach into the next run: `hole` stays where it is.
    const uint64_t end = end_of(run);
    uint64_t at = run.first_page;
    for (auto cut = hole; cut != known.end() && cut->pid == run.pid && cut->first_page < end;
         ++cut) {
      if (cut->first_page > at)
        left.push_back({at, static_cast<uint32_t>(cut->first_page - at), run.pid});
      at = std::max(at, end_of(*cut));
    }
    if (at < end) left.push_back({at, static_cast<uint32_t>(end - at), run.pid});
  }
  return left;
}

SwapRuns unite(const SwapRuns& a, const SwapRuns& b) {
  SwapRuns both(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), both.begin(), before);
  return joined(both, 0);
}

void limit_runs(SwapRuns& runs, size_t maximum) {
  constexpr uint64_t kGapPagesMaximum = uint64_t{1} << 36;  // of a 48-bit address space, all
  for (uint64_t gap_pages = 1; runs.size() > maximum && gap_pages <= kGapPagesMaximum;
       gap_pages *= 2)
    runs = joined(runs, gap_pages);
}

uint64_t page_count(const SwapRuns& runs) {
  uint64_t count = 0;
  for (const SwapRun& run : runs) count += run.page_count;
  return count;
}

}  // namespace nvresume
