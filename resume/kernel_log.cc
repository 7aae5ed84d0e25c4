// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "resume/system_files.h"

namespace nvresume {
namespace {

std::string_view trim_end(std::string_view text) {
  const size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// sched_show_task(): "task:sh              state:D stack:    0 pid:  345 ppid:…"; "" where it is
/// another line. A task's name may hold anything but is cut to 15 characters.
std::string describe_task(std::string_view line) {
  if (!line.starts_with("task:")) return {};
  const size_t state = line.find(" state:");
  const size_t pid = line.find(" pid:", state);
  if (state == std::string_view::npos || pid == std::string_view::npos) return {};
  const auto number = split_words(line.substr(pid + 5));
  if (number.empty()) return {};
  return std::string(trim_end(line.substr(5, state - 5))) + " (" + std::string(number[0]) +
         ", state " + std::string(line.substr(state + 7, 1)) + ")";
}

}  // namespace

KernelLog KernelLog::from_here() {
  UniqueFd fd(::open(system_path("/dev/kmsg").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (fd.open()) (void)::lseek(fd.get(), 0, SEEK_END);  // a plain file's end, in tests, too
  return KernelLog(std::move(fd));
}

std::vector<std::string> KernelLog::read() {
  std::vector<std::string> lines;
  each_record([&lines](std::string_view record) { lines.emplace_back(message_of(record)); });
  return lines;
}

std::optional<std::string_view> KernelLog::next(std::span<char> buffer) {
  while (fd_.open()) {
    const ssize_t length = ::read(fd_.get(), buffer.data(), buffer.size());
    if (length > 0) return std::string_view(buffer.data(), static_cast<size_t>(length));
    // EPIPE: records were overwritten before they were read; the next ones are there.
    if (length == 0 || (errno != EPIPE && errno != EINTR)) break;
  }
  return std::nullopt;
}

std::string_view message_of(std::string_view record) {
  const size_t semicolon = record.find(';');
  if (semicolon != std::string_view::npos) record.remove_prefix(semicolon + 1);
  return record.substr(0, record.find('\n'));
}

std::vector<std::string> tasks_that_would_not_freeze(const std::vector<std::string>& lines) {
  std::vector<std::string> tasks;
  bool listed = false;
  for (const std::string& line : lines) {
    if (line.find("refusing to freeze") != std::string::npos) listed = true;
    std::string task = listed ? describe_task(line) : std::string();
    if (!task.empty()) tasks.push_back(std::move(task));
  }
  return tasks;
}

bool freeze_was_aborted(const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (line.starts_with("Freezing ") && line.find(" aborted after ") != std::string::npos)
      return true;
  return false;
}

std::string device_that_failed(const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (line.find("PM: failed to ") != std::string::npos) return line;
  return {};
}

}  // namespace nvresume
