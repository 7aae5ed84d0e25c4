// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/make_room.h"

#include <algorithm>

#include "resume/cancel.h"
#include "resume/clean_caches.h"
#include "resume/memory_groups.h"
#include "resume/memory_use.h"
#include "resume/swap_record.h"
#include "resume/swapin.h"
#include "resume/swapped_pages.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
/// Chosen: writing out what is dirty may take a disk seconds; the freeze syncs once more,
/// unbounded.
constexpr uint64_t kCachesLimitNs = 10 * kSecondNs;
/// Swapping slower than this is no NVM's: chosen as half of what a hard disk takes.
constexpr uint64_t kSlowestBytesPerS = uint64_t{64} << 20;
constexpr uint64_t kReclaimLimitNs = 10 * kSecondNs;
constexpr uint64_t kLookLimitNs = 2 * kSecondNs;  ///< at all processes, once; chosen

SwapLook look() { return find_swapped_pages(clock_ns() + kLookLimitNs); }

bool any_swap_used(const std::string& meminfo) {
  return find_kib(meminfo, "SwapFree:") != find_kib(meminfo, "SwapTotal:");
}

/// How much more is free than at `start_bytes`.
uint64_t made_bytes(uint64_t start_bytes) {
  const uint64_t free_bytes = free_memory_bytes();
  return free_bytes - std::min(start_bytes, free_bytes);
}

/// In steps, so that the record knows what went first. Returns what it made.
uint64_t reclaim(uint64_t wanted_bytes, SwapRecord& record, Console& console) {
  MemoryGroups groups;
  const uint64_t start_bytes = free_memory_bytes();
  const uint64_t deadline_ns =
      clock_ns() + kReclaimLimitNs + wanted_bytes * kSecondNs / kSlowestBytesPerS;
  SwapRuns known = record.before;
  for (size_t step = 0; step < kSwapSteps && !groups.empty() && !cancel_is_pending(); ++step) {
    console.progress("swapping out", std::min(made_bytes(start_bytes), wanted_bytes), wanted_bytes);
    groups.reclaim_until_free(start_bytes + wanted_bytes / kSwapSteps * (step + 1), deadline_ns);
    record_step(record, step, known, look());
  }
  return made_bytes(start_bytes);
}

SwapRecord record_before() {
  SwapRecord record;
  if (!any_swap_used(read_text_or_empty("/proc/meminfo"))) return record;
  SwapLook before = look();
  record.before = std::move(before.runs);
  record.whole = before.whole;
  return record;
}

void tell(Console& console, uint64_t wanted_bytes, uint64_t bytes) {
  if (bytes >= wanted_bytes)
    console.print("swapped out %lu MiB", bytes >> 20);
  else
    console.print("swapped out %lu of %lu MiB; the kernel goes on with it", bytes >> 20,
                  wanted_bytes >> 20);
}

/// Swap that is not there is not asked for: every page would be tried in vain.
uint64_t bytes_wanted(uint64_t slot_bytes, uint64_t own_bytes) {
  const uint64_t preferred_bytes = preferred_image_bytes_now(slot_bytes);
  return std::min(bytes_to_reclaim(read_zone_memory(), preferred_bytes, own_bytes),
                  meminfo_bytes("SwapFree:"));
}

}  // namespace

uint64_t asked_image_bytes() { return read_number("/sys/power/image_size").value_or(UINT64_MAX); }

uint64_t preferred_image_bytes_now(uint64_t room_bytes) {
  ImageWish wish{};
  wish.room_bytes = room_bytes;
  wish.asked_bytes = asked_image_bytes();
  wish.memory_bytes = meminfo_bytes("MemTotal:");
  return preferred_image_bytes(read_zone_memory(), wish);
}

void make_room(uint64_t slot_bytes, uint64_t own_bytes, PhaseClock& clock, Console& console) {
  forget_swap_record();
  forget_report();
  SwapRecord record = record_before();
  if (!drop_clean_caches(kCachesLimitNs))
    console.line("clean caches were not dropped in time; they are saved, too");
  clock.end("caches");
  const uint64_t wanted_bytes = bytes_wanted(slot_bytes, own_bytes);
  if (wanted_bytes > 0) {
    const uint64_t bytes = reclaim(wanted_bytes, record, console);
    if (!cancel_is_pending()) tell(console, wanted_bytes, bytes);
  }
  (void)store_swap_record(record);  // without it nothing comes back before it is touched
  clock.end("reclaim");
}

}  // namespace nvresume
