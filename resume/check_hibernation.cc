// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel itself only answers EPERM. What it asks: nohibernate, lockdown, secret memory, CXL
// (kernel/power/hibernate.c, hibernation_available()).
#include <algorithm>

#include "resume/check_list.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kLockdown[] = "/sys/kernel/security/lockdown";
constexpr char kModes[] = "/sys/power/disk";
constexpr char kCxlMemory[] = "/sys/bus/cxl/drivers/cxl_mem";

bool has_word(std::string_view text, std::string_view word) {
  const auto words = split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_offered() {
  const std::string modes = read_text_or_empty(kModes);
  return has_word(read_text_or_empty("/sys/power/state"), "disk") && !modes.empty() &&
         modes != "[disabled]";
}

/// "comm (pid)" of the first process that maps a memfd_secret(2) area; "" if none can be seen.
std::string find_secret_memory_user() {
  for (const std::string& pid : list_directory("/proc")) {
    if (!parse_number(pid)) continue;
    // The mapping's path is that of a file named secretmem on a mount of its own.
    if (read_text_or_empty("/proc/" + pid + "/maps").find("/secretmem") == std::string::npos)
      continue;
    return read_text_or_empty("/proc/" + pid + "/comm") + " (" + pid + ")";
  }
  return {};
}

/// A memory device bound to the driver counts as active for the kernel.
std::string find_cxl_memory() {
  for (const std::string& name : list_directory(kCxlMemory))
    if (name.starts_with("mem")) return name;
  return {};
}

}  // namespace

std::optional<Finding> check_lockdown(const CheckedMachine&) {
  const std::string lockdown = read_text_or_empty(kLockdown);
  if (lockdown.empty() || lockdown.find("[none]") != std::string::npos)
    return pass(kLockdown, "off");
  return fail(Reason::kLockdown, kLockdown,
              "kernel lockdown is on (" + lockdown + "): it forbids hibernation",
              "switch off Secure Boot in the firmware's setup, or take lockdown= off the kernel "
              "command line, and restart");
}

std::optional<Finding> check_nohibernate(const CheckedMachine&) {
  const std::string cmdline = read_text_or_empty("/proc/cmdline");
  for (const char* option : {"nohibernate", "hibernate=no"})
    if (has_word(cmdline, option))
      return fail(Reason::kHibernationUnavailable, "/proc/cmdline",
                  std::string(option) + " is on the kernel command line",
                  "take it out of /etc/default/grub, run update-grub and restart");
  return pass("/proc/cmdline", "not on the kernel command line");
}

std::optional<Finding> check_secret_memory(const CheckedMachine&) {
  // Reading every process's map takes a while; a kernel that offers hibernation has answered.
  const std::string user = is_offered() ? "" : find_secret_memory_user();
  if (user.empty()) return pass("/proc/*/maps", "no process holds any");
  return fail(Reason::kHibernationUnavailable, "/proc/*/maps",
              user + " holds secret memory (memfd_secret), which forbids hibernation",
              "end that process");
}

std::optional<Finding> check_cxl_memory(const CheckedMachine&) {
  const std::string device = is_offered() ? "" : find_cxl_memory();
  if (device.empty()) return pass(kCxlMemory, "none that forbids hibernation");
  return fail(Reason::kHibernationUnavailable, kCxlMemory,
              "CXL memory is active (" + device + "), which forbids hibernation",
              "take it out of use: cxl disable-memdev " + device);
}

std::optional<Finding> check_hibernation(const CheckedMachine& machine) {
  if (is_offered()) return pass(kModes, "the kernel offers " + read_text_or_empty(kModes));
  for (Check* cause : {check_lockdown, check_nohibernate, check_secret_memory, check_cxl_memory})
    if (cause(machine)->verdict == Verdict::kFail) return std::nullopt;
  return fail(Reason::kHibernationUnavailable, kModes, "this kernel offers no hibernation",
              "start a kernel built with CONFIG_HIBERNATION");
}

}  // namespace nvresume
