// SPDX-License-Identifier: GPL-2.0-or-later
// main.cc: finds the command in the table the linker made (command.h) and runs it.
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <span>
#include <vector>

#include "image/reason.h"
#include "resume/command.h"

extern "C" {
// Bounds of the section that NVRESUME_COMMAND fills; the linker defines them.
extern const nvresume::Command* const __start_nvresume_commands[];
extern const nvresume::Command* const __stop_nvresume_commands[];
}

namespace nvresume {
namespace {

std::span<const Command* const> commands() {
  return {__start_nvresume_commands, __stop_nvresume_commands};
}

void print_help(FILE* out) {
  (void)fprintf(out, "usage: nvresume COMMAND [OPTION]…\n\nCommands:\n");
  std::vector<const Command*> sorted(commands().begin(), commands().end());
  std::sort(sorted.begin(), sorted.end(),
            [](const Command* a, const Command* b) { return strcmp(a->name, b->name) < 0; });
  for (const Command* command : sorted)
    (void)fprintf(out, "  %-10s %s\n", command->name, command->summary);
  (void)fprintf(out, "\nnvresume COMMAND --help tells more.\n");
}

int run(std::span<char* const> args) {
  const char* name = args.empty() ? "" : args[0];
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_help(stdout), 0;
  if (strcmp(name, "--version") == 0) return puts("nvresume " NVRESUME_VERSION), 0;
  for (const Command* command : commands())
    if (strcmp(name, command->name) == 0) return command->run(args);
  if (*name != '\0') (void)fprintf(stderr, "nvresume: unknown command: %s\n", name);
  print_help(stderr);
  return static_cast<int>(ErrorKind::kUsage);
}

}  // namespace
}  // namespace nvresume

int main(int argc, char** argv) {
  return nvresume::run({argv + 1, static_cast<size_t>(argc > 0 ? argc - 1 : 0)});
}
