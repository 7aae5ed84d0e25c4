// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/hibernation.h"

#include <algorithm>
#include <string>

#include "resume/system_files.h"

namespace nvresume {
namespace {

bool has_word(std::string_view text, std::string_view word) {
  const auto words = split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "comm (pid)" of the first process that maps a memfd_secret(2) area; "" if none can be seen.
std::string find_secret_memory_user() {
  for (const std::string& pid : list_directory("/proc")) {
    if (!parse_number(pid)) continue;
    const std::string maps = read_text_or_empty("/proc/" + pid + "/maps");
    // The mapping's path is that of a file named secretmem on a mount of its own.
    if (maps.find("/secretmem") == std::string::npos) continue;
    return read_text_or_empty("/proc/" + pid + "/comm") + " (" + pid + ")";
  }
  return {};
}

/// The first cause that can be seen, in the order the kernel asks.
Error find_cause() {
  Error error(Reason::kHibernationUnavailable, "hibernation is not available: ");
  const std::string cmdline = read_text_or_empty("/proc/cmdline");
  for (const char* option : {"nohibernate", "hibernate=no"})
    if (has_word(cmdline, option)) return error.with(option).with(" is on the kernel command line");
  const std::string lockdown = read_text_or_empty("/sys/kernel/security/lockdown");
  if (!lockdown.empty() && lockdown.find("[none]") == std::string::npos)
    return Error(Reason::kLockdown, "hibernation is not available: kernel lockdown is on (")
        .with(lockdown)
        .with("), usually because of Secure Boot");
  const std::string user = find_secret_memory_user();
  if (!user.empty()) return error.with(user).with(" holds secret memory (memfd_secret)");
  return error.with("active CXL memory, or a kernel built without CONFIG_HIBERNATION");
}

}  // namespace

Status check_hibernation_available() {
  const bool has_state = has_word(read_text_or_empty("/sys/power/state"), "disk");
  const std::string modes = read_text_or_empty("/sys/power/disk");
  const bool has_modes = !modes.empty() && modes != "[disabled]";
  if (has_state && has_modes) return ok_status();
  return find_cause();
}

}  // namespace nvresume
