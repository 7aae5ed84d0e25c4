// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "resume/check_list.h"
#include "resume/switched_off.h"
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
/// Each keeps the kernel that has it from loading an image; so does what switches resuming off.
constexpr Obstacle kObstacles[] = {
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
  const auto object = [&](Reason reason, const std::string& found) {
    return is_next ? fail(reason, where, found, kMend) : warn(where, found, kMend, reason);
  };
  if (const std::string word = word_that_switches_resume_off(text); !word.empty())
    return object(Reason::kDisabled, word + " switches resuming off");
  const auto words = split_words(text);
  if (const Obstacle* obstacle = find_obstacle(words))
    return object(obstacle->reason, std::string(obstacle->option) + " " + obstacle->effect);
  const std::string_view device = resume_device(words);
  if (device.empty())
    return warn(where,
                "resume=/dev/NVM_SWAP is missing: only the kernel's own hibernation needs it",
                "run update-grub; nvresume setup wrote the drop-in it reads");
  if (device != "/dev/NVM_SWAP")
    return warn(where, "resume= names " + std::string(device) + ", not /dev/NVM_SWAP", kMend);
  return pass(where, "resume=/dev/NVM_SWAP, nothing against resuming");
}

}  // namespace nvresume
