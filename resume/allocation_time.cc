// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/allocation_time.h"

#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Of the prefix "priority,sequence,microseconds,flags;".
std::optional<uint64_t> time_us(std::string_view record) {
  for (int comma = 0; comma < 2; ++comma) {
    const size_t at = record.find(',');
    if (at == std::string_view::npos) return std::nullopt;
    record.remove_prefix(at + 1);
  }
  return parse_number(record.substr(0, record.find_first_of(",;")));
}

bool says(std::string_view record, std::string_view words) {
  return record.find(words) != std::string_view::npos;
}

}  // namespace

void AllocationTime::take(std::string_view record) {
  if (!says(record, ";PM: ") && !says(record, "hibernation: ")) return;
  // kernel/power/snapshot.c; the same words since 2.6.
  if (says(record, "Preallocating image memory")) begin_us_ = time_us(record);
  if (says(record, "Allocated ") && says(record, " kbytes in ")) end_us_ = time_us(record);
}

uint64_t AllocationTime::duration_ns() const {
  return begin_us_ && end_us_ && *end_us_ > *begin_us_ ? (*end_us_ - *begin_us_) * 1000 : 0;
}

}  // namespace nvresume
