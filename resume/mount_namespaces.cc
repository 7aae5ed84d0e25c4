// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/mount_namespaces.h"

#include <optional>
#include <set>

#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Tasks of one view have the same mountinfo. Nothing where the task has ended, or where we may not
/// ask. REQUIRES: `task` is a directory of /proc.
std::optional<std::string> view_of(const std::string& task) {
  const std::optional<std::string> name_space = read_link(task + "/ns/mnt");
  const std::optional<std::string> root = read_link(task + "/root");
  if (!name_space || !root) return std::nullopt;
  return *name_space + " " + *root;
}

/// Threads too: each may have a namespace of its own, and go on where the process's first one
/// ended.
std::vector<std::string> tasks_of(const std::string& process) {
  std::vector<std::string> tasks;
  if (process.find_first_not_of("0123456789") != std::string::npos) return tasks;
  const std::string directory = "/proc/" + process + "/task/";
  for (const std::string& task : list_directory(directory)) tasks.push_back(directory + task);
  return tasks;
}

}  // namespace

std::vector<std::string> every_mountinfo() {
  std::vector<std::string> texts = {read_text_or_empty("/proc/self/mountinfo")};
  std::set<std::string> seen = {view_of("/proc/self").value_or(std::string())};
  for (const std::string& process : list_directory("/proc"))
    for (const std::string& task : tasks_of(process)) {
      const std::optional<std::string> view = view_of(task);
      if (!view || seen.contains(*view)) continue;
      std::optional<std::string> text = read_text(task + "/mountinfo");
      if (!text) continue;  // another task may show it
      texts.push_back(std::move(*text));
      seen.insert(*view);
    }
  return texts;
}

}  // namespace nvresume
