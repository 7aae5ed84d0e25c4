// SPDX-License-Identifier: GPL-2.0-or-later
// check_list.h: every check of `nvresume check`, in the order they are told. One that has nothing
// to look at because an earlier one failed returns nothing: each trouble is told once.
#pragma once

#include <optional>

#include "resume/check_finding.h"
#include "resume/check_machine.h"

namespace nvresume {

using Check = std::optional<Finding>(const CheckedMachine&);

// Whether this kernel hibernates, and who forbids it (check_hibernation.cc).
Check check_lockdown, check_nohibernate, check_secret_memory, check_cxl_memory, check_hibernation;
// The range and its two disks (check_range.cc).
Check check_range, check_range_owner, check_disks, check_swap_area, check_pending_image;
// What the next power-on starts (check_boot_entry.cc, check_stage_copy.cc, check_initramfs.cc,
// check_command_line.cc).
Check check_boot_entry, check_boot_order, check_secure_boot, check_stage_copy;
Check check_default_entry, check_initramfs, check_gpu_drivers, check_command_line;
// Whether the session fits, and may lie there (check_room.cc, check_storage.cc, check_swaps.cc).
Check check_room, check_slot, check_nvm_swap, check_other_swaps;
Check check_encryption, check_file_systems;
// What tends to go wrong although all of that is well (check_memory_map.cc, check_tasks.cc).
Check check_memory_map, check_tasks;

}  // namespace nvresume
