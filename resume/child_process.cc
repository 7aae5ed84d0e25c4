// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resume/phase_clock.h"

namespace nvresume {
namespace {

constexpr timespec kPollInterval = {0, 5'000'000};  // chosen: what waiting adds to a save at most

/// Neither of the calls on the attributes can fail with these arguments.
int spawn(pid_t& child, const char* const* arguments, const char* const* environment,
          const posix_spawn_file_actions_t* files, short flags) {
  posix_spawnattr_t attributes;
  sigset_t none;
  (void)sigemptyset(&none);
  if (posix_spawnattr_init(&attributes) != 0) return -1;
  (void)posix_spawnattr_setsigmask(&attributes, &none);
  (void)posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | flags));
  const int error =
      posix_spawnp(&child, arguments[0], files, &attributes, const_cast<char* const*>(arguments),
                   const_cast<char* const*>(environment));
  (void)posix_spawnattr_destroy(&attributes);
  return error;
}

int spawn_detached(pid_t& child, const char* const* arguments, const char* const* environment) {
  posix_spawn_file_actions_t files;
  if (posix_spawn_file_actions_init(&files) != 0) return -1;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    (void)posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  const int error = spawn(child, arguments, environment, &files, POSIX_SPAWN_SETSID);
  (void)posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace

pid_t start_program(const char* const* arguments, const char* const* environment, ChildTies ties) {
  pid_t child = -1;
  const int error = ties == ChildTies::kNone ? spawn_detached(child, arguments, environment)
                                             : spawn(child, arguments, environment, nullptr, 0);
  return error == 0 ? child : -1;
}

std::optional<int> wait_for_exit(pid_t child, uint64_t deadline_ns) {
  for (int status = 0;;) {
    if (waitpid(child, &status, WNOHANG) != 0) return status;
    if (clock_ns() >= deadline_ns) return std::nullopt;
    (void)nanosleep(&kPollInterval, nullptr);  // woken early only costs one more round
  }
}

}  // namespace nvresume
