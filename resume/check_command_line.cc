// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "resume/check_list.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kMend[] = "mend GRUB_CMDLINE_LINUX in /etc/default/grub, then run update-grub";
constexpr std::string_view kResume = "resume=";

struct Obstacle {
  std::string_view option;
  Reason reason;
  const char* effect;
};
/// Each keeps the kernel that has it from loading an image.
constexpr Obstacle kObstacles[] = {
    {"rd.nvresume=0", Reason::kDisabled, "switches resuming off"},
    {"rd.nvresume=no", Reason::kDisabled, "switches resuming off"},
    {"rd.nvresume=off", Reason::kDisabled, "switches resuming off"},
    {"nohibernate", Reason::kHibernationUnavailable, "forbids loading an image"},
    {"hibernate=no", Reason::kHibernationUnavailable, "forbids loading an image"},
    {"lockdown=integrity", Reason::kLockdown, "forbids loading an image"},
    {"lockdown=confidentiality", Reason::kLockdown, "forbids loading an image"},
};

const Obstacle* find_obstacle(const std::vector<std::string_view>& words) {
  for (const Obstacle& obstacle : kObstacles)
    if (std::find(words.begin(), words.end(), obstacle.option) != words.end()) return &obstacle;
  return nullptr;
}

/// The last one counts; "" where there is none.
std::string_view resume_device(const std::vector<std::string_view>& words) {
  std::string_view device;
  for (const std::string_view word : words)
    if (word.starts_with(kResume)) device = word.substr(kResume.size());
  return device;
}

}  // namespace

/// What the next power-on will have: the default entry's arguments, or where those cannot be read
/// this boot's, which somebody may have typed for once.
std::optional<Finding> check_command_line(const CheckedMachine& machine) {
  const bool is_next = static_cast<bool>(machine.default_entry);
  const std::string text =
      is_next ? machine.default_entry->arguments : read_text_or_empty("/proc/cmdline");
  const std::string where =
      is_next ? "arguments of \"" + machine.default_entry->title + "\"" : "/proc/cmdline";
  const auto words = split_words(text);
  if (const Obstacle* obstacle = find_obstacle(words)) {
    const std::string found = std::string(obstacle->option) + " " + obstacle->effect;
    return is_next ? fail(obstacle->reason, where, found, kMend)
                   : warn(where, found, kMend, obstacle->reason);
  }
  const std::string_view device = resume_device(words);
  if (device.empty())
    return warn(where,
                "resume=/dev/NVM_SWAP is missing: only the kernel's own hibernation needs it",
                "run update-grub; nvresume setup wrote the drop-in it reads");
  if (device != "/dev/NVM_SWAP")
    return warn(where, "resume= names " + std::string(device) + ", not /dev/NVM_SWAP", kMend);
  if (std::find(words.begin(), words.end(), "noresume") != words.end())
    return warn(where, "noresume: the kernel's own hibernation will not resume", kMend);
  return pass(where, "resume=/dev/NVM_SWAP, nothing against resuming");
}

}  // namespace nvresume
