// SPDX-License-Identifier: GPL-2.0-or-later
// memory_groups.h: the system's memory control groups, asked to swap out. Each group's
// memory.reclaim (Linux 5.19) takes a number of bytes and runs the kernel's own reclaim over that
// group in the caller's thread: coldest pages first, shared memory and tmpfs among them, several
// threads at once. Nobody else is slowed down, and nothing is ever killed for it, as allocating
// what one wants to have free would do.
#pragma once

#include <stdint.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace nvresume {

/// One of them, and whether it is still worth asking.
struct MemoryGroup {
  std::string directory;
  uint32_t misses = 0;  ///< in a row

  void note(bool gave) { misses = gave ? 0 : misses + 1; }
  bool gives() const;
};

class MemoryGroups {
 public:
  /// The groups at the top of the hierarchy; none without cgroup v2 and its memory controller.
  MemoryGroups();
  bool empty() const { return groups_.empty(); }

  /// Swaps out until `free_bytes` of memory are free, no group gives any more, `deadline_ns`
  /// (clock_ns()) has come, or somebody wants the save to end (cancel.h), by as many threads as
  /// help.
  void reclaim_until_free(uint64_t free_bytes, uint64_t deadline_ns);

 private:
  struct Goal {
    MemoryGroups* groups;
    uint64_t free_bytes;
    uint64_t deadline_ns;
    uint32_t thread_count;
  };
  static void reclaim_in_thread(void* goal, uint32_t worker);
  std::optional<size_t> largest();
  void note(size_t group, bool gave);

  std::vector<MemoryGroup> groups_;
  std::mutex mutex_;  ///< of the groups' misses
};

/// MemFree.
uint64_t free_memory_bytes();

}  // namespace nvresume
