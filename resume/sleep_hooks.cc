// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/sleep_hooks.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "resume/child_process.h"
#include "resume/phase_clock.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Where systemd-sleep looks. On a merged /usr the second is the first.
constexpr char kDirectory[] = "/usr/lib/systemd/system-sleep";
constexpr char kUnmergedDirectory[] = "/lib/systemd/system-sleep";
constexpr int kTimeoutS = 90;     // what systemd gives a service to stop
constexpr int kKillTimeoutS = 2;  // chosen
constexpr timespec kPollInterval = {0, 20'000'000};

bool same_directory(const char* a, const char* b) {
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino &&
         first.st_dev == second.st_dev;
}

pid_t start(const std::string& program, const char* phase) {
  const char* const arguments[] = {program.c_str(), phase, "hibernate", nullptr};
  constexpr const char* kEnvironment[] = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "SYSTEMD_SLEEP_ACTION=hibernate", nullptr};
  return start_program(arguments, kEnvironment, ChildTies::kOurs);
}

void wait_for_all(std::vector<pid_t>& children, int timeout_s) {
  const uint64_t deadline_ns = clock_ns() + static_cast<uint64_t>(timeout_s) * 1'000'000'000;
  while (!children.empty()) {
    std::erase_if(children, [](pid_t child) { return waitpid(child, nullptr, WNOHANG) != 0; });
    if (children.empty() || clock_ns() > deadline_ns) break;
    (void)nanosleep(&kPollInterval, nullptr);  // woken early only costs one more round
  }
}

void end_all(std::vector<pid_t>& children) {
  wait_for_all(children, kTimeoutS);
  for (const pid_t child : children) (void)kill(child, SIGKILL);  // it may have ended just now
  // One that hangs in the kernel outlives even that; then the freeze names it.
  wait_for_all(children, kKillTimeoutS);
}

void run_all(const char* phase) {
  (void)run_sleep_hooks(kDirectory, phase);
  if (!same_directory(kDirectory, kUnmergedDirectory))
    (void)run_sleep_hooks(kUnmergedDirectory, phase);
}

}  // namespace

int run_sleep_hooks(const char* directory, const char* phase) {
  std::vector<pid_t> children;
  for (const std::string& name : list_directory(directory)) {
    const std::string program = std::string(directory) + "/" + name;
    if (access(program.c_str(), X_OK) != 0) continue;
    if (const pid_t child = start(program, phase); child > 0) children.push_back(child);
  }
  const int started = static_cast<int>(children.size());
  end_all(children);
  return started;
}

SleepHooks::SleepHooks() { run_all("pre"); }
SleepHooks::~SleepHooks() { run_all("post"); }

}  // namespace nvresume
