// SPDX-License-Identifier: GPL-2.0-or-later
// The freezer stops a task where it handles signals. One that waits uninterruptibly for an answer
// that another, frozen task or an unreachable server owes keeps it waiting for its 20 s, and the
// save fails.
#include "resume/check_list.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

struct KnownWait {
  std::string_view function;  ///< in /proc/PID/wchan, or its beginning
  const char* what;
};
/// FUSE: fs/fuse/dev.c. Network file systems: what sync(2), which comes before the freeze, hangs in
/// as well.
constexpr KnownWait kKnownWaits[] = {
    {"request_wait_answer", "a FUSE daemon"},
    {"fuse_", "a FUSE daemon"},
    {"rpc_", "an NFS server"},
    {"nfs", "an NFS server"},
    {"cifs_", "an SMB server"},
    {"wait_for_response", "an SMB server"},
};

/// The state's letter stands behind the last ')': a task's name may hold anything.
bool is_uninterruptible(const std::string& stat) {
  const size_t end = stat.rfind(") ");
  return end != std::string::npos && stat.compare(end + 2, 1, "D") == 0;
}

/// "cp (812) waits for a FUSE daemon"; "" where it does not.
std::string describe_wait(const std::string& task, const std::string& id) {
  if (!is_uninterruptible(read_text_or_empty(task + "/stat"))) return {};
  const std::string function = read_text_or_empty(task + "/wchan");
  for (const KnownWait& wait : kKnownWaits)
    if (function.starts_with(wait.function))
      return read_text_or_empty(task + "/comm") + " (" + id + ") waits for " + wait.what;
  return {};
}

/// Threads too: each is frozen by itself.
std::vector<std::string> find_waiting_tasks() {
  std::vector<std::string> waiting;
  for (const std::string& process : list_directory("/proc")) {
    if (!parse_number(process)) continue;
    const std::string tasks = "/proc/" + process + "/task";
    for (const std::string& id : list_directory(tasks)) {
      std::string wait = describe_wait(tasks + "/" + id, id);
      if (!wait.empty()) waiting.push_back(std::move(wait));
    }
  }
  return waiting;
}

}  // namespace

std::optional<Finding> check_tasks(const CheckedMachine&) {
  const std::vector<std::string> waiting = find_waiting_tasks();
  if (waiting.empty()) return pass("/proc/*/task/*/wchan", "none known to refuse the freezer");
  const std::string others =
      waiting.size() > 1 ? ", and " + std::to_string(waiting.size() - 1) + " more" : "";
  return warn("/proc/*/task/*/wchan", waiting.front() + others + ": the freezer may give up",
              "wait until it has its answer, or unmount that file system (umount -f)",
              Reason::kFreezeFailed);
}

}  // namespace nvresume
