// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/memory_groups.h"

#include <algorithm>

#include "resume/cancel.h"
#include "resume/memory_use.h"
#include "resume/phase_clock.h"
#include "resume/system_files.h"
#include "resume/worker_team.h"

namespace nvresume {
namespace {

constexpr char kTop[] = "/sys/fs/cgroup";
constexpr char kSwappiness[] = "/proc/sys/vm/swappiness";
/// Stores to Optane peak at four threads (published).
constexpr uint32_t kThreadsMaximum = 4;
/// A request is not interrupted: this bounds by how much the goal is passed, and how long after the
/// deadline it ends. Chosen: the kernel scans 128 KiB at a time at least.
constexpr uint64_t kStepBytesMaximum = uint64_t{16} << 20;
constexpr uint64_t kStepBytesMinimum = uint64_t{1} << 20;
/// A group gives less than it was asked for when another thread is at it, too: only misses in a row
/// mean that it has no more. Chosen: two of every thread.
constexpr uint32_t kMissesMaximum = 2 * kThreadsMaximum;

/// Programs' own memory first, as long as it lives: what is mapped of files would have to be read
/// from a disk again, what is swapped comes back from the NVM.
class SwapFirst {
 public:
  SwapFirst() : before_(read_text_or_empty(kSwappiness)) {
    (void)write_in_place(kSwappiness, "200");
  }
  ~SwapFirst() {
    if (!before_.empty()) (void)write_in_place(kSwappiness, before_);
  }
  SwapFirst(const SwapFirst&) = delete;
  SwapFirst& operator=(const SwapFirst&) = delete;

 private:
  std::string before_;
};

}  // namespace

bool MemoryGroup::gives() const { return misses < kMissesMaximum; }

uint64_t free_memory_bytes() { return meminfo_bytes("MemFree:"); }

MemoryGroups::MemoryGroups() {
  for (const std::string& name : list_directory(kTop)) {
    const std::string directory = std::string(kTop) + "/" + name;
    if (file_exists(directory + "/memory.reclaim")) groups_.push_back({directory, 0});
  }
}

std::optional<size_t> MemoryGroups::largest() {
  const std::lock_guard lock(mutex_);
  std::optional<size_t> largest;
  uint64_t largest_bytes = 0;
  for (size_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i].gives()) continue;
    const uint64_t bytes = read_number(groups_[i].directory + "/memory.current").value_or(0);
    if (bytes <= largest_bytes) continue;
    largest_bytes = bytes;
    largest = i;
  }
  return largest;
}

void MemoryGroups::note(size_t group, bool gave) {
  const std::lock_guard lock(mutex_);
  groups_[group].note(gave);
}

void MemoryGroups::reclaim_in_thread(void* context, uint32_t) {
  const auto& goal = *static_cast<const Goal*>(context);
  while (clock_ns() < goal.deadline_ns && !cancel_is_pending()) {
    const uint64_t free_bytes = free_memory_bytes();
    if (free_bytes >= goal.free_bytes) return;
    const auto group = goal.groups->largest();
    if (!group) return;
    const uint64_t step_bytes = std::clamp((goal.free_bytes - free_bytes) / goal.thread_count,
                                           kStepBytesMinimum, kStepBytesMaximum);
    const std::string& directory = goal.groups->groups_[*group].directory;
    goal.groups->note(*group,
                      write_in_place(directory + "/memory.reclaim", std::to_string(step_bytes)));
  }
}

void MemoryGroups::reclaim_until_free(uint64_t free_bytes, uint64_t deadline_ns) {
  const uint32_t thread_count = std::min(default_worker_count(), kThreadsMaximum);
  Goal goal{this, free_bytes, deadline_ns, thread_count};
  auto team = WorkerTeam::prepare(thread_count);
  if (!team.ok()) return;  // no memory for their stacks: the kernel makes room after the freeze
  const SwapFirst swap_first;
  (void)team->start(reclaim_in_thread, &goal, thread_count);  // fewer threads are slower, no more
  team->join();
}

}  // namespace nvresume
