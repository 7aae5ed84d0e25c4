// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/snapshot_log.h"

#include <errno.h>
#include <fcntl.h>

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

SnapshotLog::SnapshotLog() : fd_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (fd_.open())
    (void)::lseek(fd_.get(), 0, SEEK_END);  // older lines would only be read for nothing
}

AllocationTime SnapshotLog::read() {
  AllocationTime time;
  while (fd_.open()) {
    const ssize_t length = ::read(fd_.get(), record_, sizeof(record_));
    if (length > 0) {
      time.take({record_, static_cast<size_t>(length)});
      continue;
    }
    if (length < 0 && (errno == EPIPE || errno == EINTR)) continue;  // overwritten: the next one
    break;
  }
  return time;
}

}  // namespace nvresume
