// SPDX-License-Identifier: GPL-2.0-or-later
// Says no only where the kernel is certain to: it keeps a copy of every page it saves, so that a
// snapshot is at most half of memory, and what does not fit goes to swap first.
#include <algorithm>

#include "resume/check_list.h"
#include "resume/memory_use.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kMeminfo[] = "/proc/meminfo";
/// kernel/power/snapshot.c keeps out of a snapshot: half of 4 MiB for I/O, twice 1 MiB for drivers.
constexpr uint64_t kKernelReserveKib = 4096;

struct MemoryFacts {
  uint64_t total_kib;
  uint64_t in_use_kib;  ///< what stays when every clean page is given up
  uint64_t swappable_kib;
  uint64_t swap_free_kib;

  uint64_t snapshot_limit_kib() const {
    return total_kib / 2 - std::min(total_kib / 2, kKernelReserveKib);
  }
  /// What no swapping makes smaller.
  uint64_t least_kib() const { return in_use_kib - std::min(swappable_kib, swap_free_kib); }
};

MemoryFacts read_memory() {
  const std::string text = read_text_or_empty(kMeminfo);
  const auto kib = [&text](std::string_view name) { return find_kib(text, name); };
  const uint64_t droppable_kib =
      kib("MemFree:") + kib("Active(file):") + kib("Inactive(file):") + kib("SReclaimable:");
  MemoryFacts facts{};
  facts.total_kib = kib("MemTotal:");
  facts.in_use_kib = facts.total_kib - std::min(facts.total_kib, droppable_kib);
  facts.swappable_kib = std::min(facts.in_use_kib, kib("Active(anon):") + kib("Inactive(anon):"));
  facts.swap_free_kib = kib("SwapFree:");
  return facts;
}

std::string mib(uint64_t size_kib) { return std::to_string(size_kib >> 10) + " MiB"; }

}  // namespace

std::optional<Finding> check_room(const CheckedMachine&) {
  const MemoryFacts memory = read_memory();
  const uint64_t limit_kib = memory.snapshot_limit_kib();
  if (memory.least_kib() <= limit_kib)
    return pass(kMeminfo, mib(memory.in_use_kib) + " of " + mib(memory.total_kib) + " in use, " +
                              mib(memory.swap_free_kib) + " of swap free");
  return fail(Reason::kNoRoom, kMeminfo,
              "a snapshot holds " + mib(limit_kib) + " of the " + mib(memory.in_use_kib) +
                  " in use: need " + mib(memory.in_use_kib - limit_kib) + " of free swap, have " +
                  mib(std::min(memory.swappable_kib, memory.swap_free_kib)) + " that it can use",
              "end programs that hold memory, or run swapon /dev/NVM_SWAP");
}

/// An image that compresses may fit all the same; one that does not is refused before anything is
/// lost.
std::optional<Finding> check_slot(const CheckedMachine& machine) {
  if (!machine.superblock) return std::nullopt;
  const MemoryFacts memory = read_memory();
  const uint64_t slot_kib = machine.superblock->slot_bytes >> 10;
  if (memory.least_kib() <= slot_kib)
    return pass(kMeminfo, "the slot holds " + mib(slot_kib) + "; at least " +
                              mib(memory.least_kib()) + " must be saved");
  return warn(kMeminfo,
              "at least " + mib(memory.least_kib()) + " must be saved, the slot holds " +
                  mib(slot_kib) + ": it must compress to fit",
              "end programs that hold memory; if memory was added to the machine, set the range up "
              "again",
              Reason::kNoRoom);
}

}  // namespace nvresume
