// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/attach.h"
#include "resume/check_list.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kSwaps[] = "/proc/swaps";

bool is_ours(std::string_view name) { return name == kSwapDisk || name == "/dev/NVM_SWAP"; }

/// Names in /proc/swaps, without its headline.
std::vector<std::string> active_swaps() {
  std::vector<std::string> names;
  const std::string text = read_text_or_empty(kSwaps);
  for (const std::string_view line : split_lines(text))
    if (line.starts_with('/')) names.emplace_back(split_words(line).front());
  return names;
}

}  // namespace

std::optional<Finding> check_nvm_swap(const CheckedMachine& machine) {
  if (!machine.swap_disk_bytes) return std::nullopt;
  for (const std::string& name : active_swaps())
    if (is_ours(name)) return pass(kSwaps, "on");
  return warn(kSwaps,
              "swapping to the NVM is off: with more than half of memory in use a save fails",
              "run swapon /dev/NVM_SWAP");
}

/// What lies in another swap is part of the session, but no witness tells whether another system
/// wrote there since. zram lies in memory and so in the image.
std::optional<Finding> check_other_swaps(const CheckedMachine&) {
  std::string others;
  for (const std::string& name : active_swaps())
    if (!is_ours(name) && !name.starts_with("/dev/zram"))
      others += (others.empty() ? "" : " ") + name;
  if (others.empty()) return pass(kSwaps, "none");
  return warn(kSwaps,
              "memory may lie in " + others + " too, which no resume can prove to be untouched",
              "run swapoff " + others + ", and take it out of /etc/fstab");
}

}  // namespace nvresume
