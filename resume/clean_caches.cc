// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/clean_caches.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "resume/child_process.h"
#include "resume/phase_clock.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// 1: file contents alone. Directory entries and inodes (2) are small, and giving up an inode may
/// ask a server.
[[noreturn]] void drop() {
  ::sync();
  _exit(write_in_place("/proc/sys/vm/drop_caches", "1") ? 0 : 1);
}

}  // namespace

bool drop_clean_caches(uint64_t limit_ns) {
  const uint64_t deadline_ns = clock_ns() + limit_ns;
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) drop();
  const std::optional<int> status = wait_for_exit(child, deadline_ns);
  // One that waits for a server dies when that answers; the freeze then names it.
  if (!status) (void)kill(child, SIGKILL);
  return status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
}

}  // namespace nvresume
