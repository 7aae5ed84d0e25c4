// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/clean_caches.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <string>

#include "resume/phase_clock.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr timespec kPollInterval = {0, 5'000'000};  // chosen: what it adds to a save at most

/// 1: file contents alone. Directory entries and inodes (2) are small, and giving up an inode may
/// ask a server.
[[noreturn]] void drop(const char* path) {
  ::sync();
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  _exit(fd >= 0 && ::write(fd, "1", 1) == 1 ? 0 : 1);
}

}  // namespace

bool drop_clean_caches(uint64_t limit_ns) {
  const std::string path = system_path("/proc/sys/vm/drop_caches");
  const uint64_t deadline_ns = clock_ns() + limit_ns;
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) drop(path.c_str());
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (clock_ns() > deadline_ns) {
      // One that waits for a server dies when that answers; the freeze then names it.
      (void)kill(child, SIGKILL);
      return false;
    }
    (void)nanosleep(&kPollInterval, nullptr);  // woken early only costs one more round
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace nvresume
