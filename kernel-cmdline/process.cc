// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/process.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel-cmdline/change_gate.h"
#include "resume/system_error.h"

namespace nvresume {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Status run_program(const std::vector<std::string>& command_line) {
  std::vector<char*> arguments;
  for (const std::string& word : command_line) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  NVRESUME_TRY(before_change());
  (void)::fflush(nullptr);  // our lines before the tool's
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return system_error(Reason::kIoError, "starting", command_line[0], error);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return system_error(Reason::kIoError, "waitpid", command_line[0]);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok_status();
  Error failure(Reason::kIoError, "\"");
  failure.with(join(command_line));
  if (WIFEXITED(status))
    return failure.with("\" failed with status ").with(static_cast<uint64_t>(WEXITSTATUS(status)));
  return failure.with("\" was ended by signal ").with(static_cast<uint64_t>(WTERMSIG(status)));
}

}  // namespace nvresume
