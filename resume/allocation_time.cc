// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/allocation_time.h"

namespace nvresume {
namespace {

/// Of the prefix "priority,sequence,microseconds,flags;".
std::optional<uint64_t> time_us(std::string_view record) {
  for (int comma = 0; comma < 2; ++comma) {
    const size_t at = record.find(',');
    if (at == std::string_view::npos) return std::nullopt;
    record.remove_prefix(at + 1);
  }
  uint64_t number = 0;
  size_t digits = 0;
  for (; digits < record.size() && record[digits] >= '0' && record[digits] <= '9'; ++digits)
    number = number * 10 + static_cast<uint64_t>(record[digits] - '0');
  return digits > 0 ? std::optional(number) : std::nullopt;
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
