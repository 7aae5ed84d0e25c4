// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_table.h"

#include <algorithm>

#include "resume/check_list.h"

namespace nvresume {
namespace {

struct NamedCheck {
  const char* name;
  Check* look;
};

// A refused save names the first that fails: causes stand before what follows from them.
constexpr NamedCheck kChecks[] = {
    {"lockdown", check_lockdown},
    {"nohibernate", check_nohibernate},
    {"secret-memory", check_secret_memory},
    {"cxl-memory", check_cxl_memory},
    {"hibernation", check_hibernation},
    {"secure-boot", check_secure_boot},
    {"range", check_range},
    {"range-owner", check_range_owner},
    {"disks", check_disks},
    {"pending-image", check_pending_image},
    {"swap-area", check_swap_area},
    {"encryption", check_encryption},
    {"file-systems", check_file_systems},
    {"boot-entry", check_boot_entry},
    {"boot-order", check_boot_order},
    {"stage-copy", check_stage_copy},
    {"default-entry", check_default_entry},
    {"command-line", check_command_line},
    {"initramfs", check_initramfs},
    {"gpu-drivers", check_gpu_drivers},
    {"room", check_room},
    {"image-slot", check_slot},
    {"nvm-swap", check_nvm_swap},
    {"other-swaps", check_other_swaps},
    {"memory-map", check_memory_map},
    {"tasks", check_tasks},
};

size_t count(const std::vector<CheckRow>& rows, Verdict verdict) {
  return static_cast<size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [verdict](const CheckRow& row) { return row.finding.verdict == verdict; }));
}

}  // namespace

std::vector<CheckRow> run_checks(const CheckedMachine& machine) {
  std::vector<CheckRow> rows;
  for (const NamedCheck& check : kChecks)
    if (auto finding = check.look(machine)) rows.push_back({check.name, std::move(*finding)});
  return rows;
}

const CheckRow* find_failure(const std::vector<CheckRow>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const CheckRow& row) {
    return row.finding.verdict == Verdict::kFail;
  });
  return found == rows.end() ? nullptr : &*found;
}

std::string summarize(const std::vector<CheckRow>& rows) {
  if (const CheckRow* failure = find_failure(rows)) {
    const size_t more = count(rows, Verdict::kFail) - 1;
    return "a save would be refused: " + std::string(failure->name) + ": " +
           failure->finding.found + (more == 0 ? "" : " (and " + std::to_string(more) + " more)");
  }
  const size_t warnings = count(rows, Verdict::kWarn);
  if (warnings == 0) return "ready";
  return "ready, " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
}

}  // namespace nvresume
