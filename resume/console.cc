// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace nvresume {
namespace {

constexpr size_t kLineBytes = 400;
constexpr uint64_t kProgressIntervalNs = 500'000'000;  // what console.h promises
constexpr uint64_t kDrainNs = 500'000'000;             // and that
constexpr timespec kDrainStep = {0, 1'000'000};
constexpr uint64_t kMiB = 1024 * 1024;

uint64_t now_ns() {
  timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail with this clock
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

/// Whether stderr is the terminal that /dev/console stands for: then one of the two is enough.
bool stderr_is_console() {
  char name[64] = {};
  const int fd = open("/sys/class/tty/console/active", O_RDONLY | O_CLOEXEC);
  const ssize_t length = fd < 0 ? -1 : read(fd, name, sizeof(name) - 1);
  if (fd >= 0) (void)close(fd);  // read only
  if (length <= 0) return false;
  // The last one listed is /dev/console.
  char* end = name + strcspn(name, "\n");
  *end = '\0';
  const char* space = strrchr(name, ' ');
  char path[80];
  (void)snprintf(path, sizeof(path), "/dev/%s", space != nullptr ? space + 1 : name);
  struct stat console, error;
  if (fstat(STDERR_FILENO, &error) != 0) return true;
  if (stat("/dev/console", &console) == 0 && error.st_rdev == console.st_rdev) return true;
  return stat(path, &console) == 0 && console.st_rdev == error.st_rdev && S_ISCHR(error.st_mode);
}

/// An own description of stderr that never blocks: its reader may be frozen. A socket (the
/// journal's) cannot be opened again: line() sends to it without waiting.
int open_stderr() {
  const int fd = open("/proc/self/fd/2", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | O_APPEND);
  return fd >= 0 ? fd : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
}

void put(int fd, const char* text, size_t length) {
  if (fd < 0) return;
  // Lost output is not an error: nobody may wait for a console while the machine is frozen.
  // A full socket must not be written to: its descriptor may be the blocking one of stderr.
  if (send(fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ENOTSOCK)
    (void)!write(fd, text, length);
}

}  // namespace

Console::Console()
    : fd_(open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)),
      stderr_fd_(fd_ >= 0 && stderr_is_console() ? -1 : open_stderr()) {}

Console::~Console() {
  if (fd_ >= 0) (void)close(fd_);  // write only, unbuffered
  if (stderr_fd_ >= 0) (void)close(stderr_fd_);
}

void Console::line(std::string_view text) {
  char buffer[kLineBytes + 16];
  const int length = snprintf(buffer, sizeof(buffer), "nvresume: %.*s\r\n",
                              static_cast<int>(std::min(text.size(), kLineBytes)), text.data());
  put(fd_, buffer, static_cast<size_t>(length));
  put(stderr_fd_, buffer, static_cast<size_t>(length));
}

void Console::print(const char* format, ...) {
  char buffer[kLineBytes + 1];
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(buffer, sizeof(buffer), format, arguments);
  va_end(arguments);
  if (length > 0) line({buffer, std::min(static_cast<size_t>(length), kLineBytes)});
}

void Console::progress(const char* verb, uint64_t done_bytes, uint64_t total_bytes) {
  const uint64_t now = now_ns();
  const bool complete = done_bytes == total_bytes;
  if (total_bytes == 0 || (!complete && now - last_progress_ns_ < kProgressIntervalNs)) return;
  last_progress_ns_ = now;
  print("%s %lu %% (%lu of %lu MiB)", verb, done_bytes * 100 / total_bytes, done_bytes / kMiB,
        total_bytes / kMiB);
}

void Console::drain() {
  const uint64_t end_ns = now_ns() + kDrainNs;
  int waiting_bytes = 0;
  while (ioctl(fd_, TIOCOUTQ, &waiting_bytes) == 0 && waiting_bytes > 0 && now_ns() < end_ns)
    (void)nanosleep(&kDrainStep, nullptr);
}

}  // namespace nvresume
