// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/background_work.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resume/phase_clock.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kAskLimitNs = 10'000'000'000;  // chosen: the system is just coming back

/// -1 where it could not be started; then pages come back when they are touched.
pid_t start(const char* const* arguments) {
  posix_spawnattr_t attributes;
  sigset_t none;
  (void)sigemptyset(&none);
  if (posix_spawnattr_init(&attributes) != 0) return -1;
  // The save blocks its signals; this one must not inherit that, nor end with a terminal.
  (void)posix_spawnattr_setsigmask(&attributes, &none);  // neither can fail with these arguments
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  // Whoever called the save waits for the end of its output, or goes on to use the terminal.
  posix_spawn_file_actions_t files;
  if (posix_spawn_file_actions_init(&files) != 0) return -1;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    (void)posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments[0], &files, &attributes,
                                 const_cast<char* const*>(arguments), environ);
  (void)posix_spawn_file_actions_destroy(&files);
  (void)posix_spawnattr_destroy(&attributes);
  return error == 0 ? child : -1;
}

/// systemctl's question must be out before this program ends: systemd then ends whatever else runs
/// in the unit of the save.
void wait_bounded(pid_t child) {
  const uint64_t deadline_ns = clock_ns() + kAskLimitNs;
  constexpr timespec kPollInterval = {0, 10'000'000};
  while (child > 0 && waitpid(child, nullptr, WNOHANG) == 0 && clock_ns() < deadline_ns)
    (void)nanosleep(&kPollInterval, nullptr);  // woken early only costs one more round
}

}  // namespace

void start_background_work() {
  constexpr const char* kUnits[] = {
      "systemctl", "--no-block", "start", "nvresume-swapin.service", "nvresume-scrub.service",
      nullptr};
  constexpr const char* kSwapin[] = {"/proc/self/exe", "swapin", nullptr};
  if (file_exists("/run/systemd/system"))
    wait_bounded(start(kUnits));
  else
    (void)start(kSwapin);
}

}  // namespace nvresume
