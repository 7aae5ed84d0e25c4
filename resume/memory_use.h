// SPDX-License-Identifier: GPL-2.0-or-later
// memory_use.h: the memory a save or a restore took, told before the world that could be asked is
// gone. Allocates nothing.
#pragma once

#include <stdint.h>

#include <string_view>

#include "image/attempt_log.h"
#include "resume/console.h"

namespace nvresume {

class MemoryUse {
 public:
  /// What the kernel's slab grows by counts from here.
  MemoryUse();
  /// The slab may shrink again before the end: called where it is largest.
  void sample();
  /// "memory: save: peak 31234 KiB, kernel slab +512 KiB" on the console and in the record.
  void tell(Console& console, const char* what, AttemptRecord& record);

 private:
  uint64_t slab_at_start_kib_;
  uint64_t slab_growth_kib_ = 0;
};

/// The number behind "Name:" at a line's start, as /proc/meminfo and /proc/PID/status have it; 0
/// where there is none.
uint64_t find_kib(std::string_view text, std::string_view name);
/// A field of /proc/meminfo as it is now, in bytes.
uint64_t meminfo_bytes(std::string_view name);

}  // namespace nvresume
