// SPDX-License-Identifier: GPL-2.0-or-later
// make_room.h: memory made small enough for its snapshot while programs still run. What is left to
// do after the freeze the kernel does itself: one thread, in small steps, and it may give up.
#pragma once

#include <stdint.h>

#include "resume/console.h"
#include "resume/phase_clock.h"
#include "resume/room_plan.h"

namespace nvresume {

/// Drops clean caches (phase "caches"), then swaps out what half of memory, or `slot_bytes`, cannot
/// hold (phase "reclaim"), and leaves a record of that for `nvresume swapin`. `own_bytes` is what
/// the save will lock. Never a reason not to save. Ends early where somebody wants the save to end
/// (cancel.h).
void make_room(uint64_t slot_bytes, uint64_t own_bytes, PhaseClock& clock, Console& console);

/// /sys/power/image_size, the administrator's; the largest number where it cannot be read.
uint64_t asked_image_bytes();
/// SNAPSHOT_PREF_IMAGE_SIZE, of memory as it is now.
uint64_t preferred_image_bytes_now(uint64_t room_bytes);

}  // namespace nvresume
