// SPDX-License-Identifier: GPL-2.0-or-later
// kernel_log.h: what the kernel says while this program asks something of it. The system calls of a
// hibernation answer EBUSY to nearly everything; who or what was in the way is only in the log.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resume/unique_fd.h"

namespace nvresume {

class KernelLog {
 public:
  /// From now on. One that cannot be opened says nothing.
  static KernelLog from_here();
  /// The lines since then or since the last call, without their prefix.
  std::vector<std::string> read();
  /// The same, each as /dev/kmsg gives it: `take(std::string_view record)`. Allocates nothing.
  template <typename Take>
  void each_record(Take take) {
    char buffer[kRecordBytes];
    while (const auto record = next(buffer)) take(*record);
  }

 private:
  /// CONSOLE_EXT_LOG_MAX: no record is longer, and a smaller buffer is refused.
  static constexpr size_t kRecordBytes = 8192;

  explicit KernelLog(UniqueFd fd) : fd_(std::move(fd)) {}
  std::optional<std::string_view> next(std::span<char> buffer);

  UniqueFd fd_;
};

/// A record as /dev/kmsg gives it: "6,1234,98765,-;Freezing …", perhaps with lines of a dictionary.
std::string_view message_of(std::string_view record);

/// "sh (345, state D)" of each task that the freezer gave up on.
std::vector<std::string> tasks_that_would_not_freeze(const std::vector<std::string>& lines);
/// The freezer stopped because something wants the machine awake.
bool freeze_was_aborted(const std::vector<std::string>& lines);
/// What a device's driver was refused with, as the kernel put it; "" if none was.
std::string device_that_failed(const std::vector<std::string>& lines);

}  // namespace nvresume
