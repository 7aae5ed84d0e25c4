// SPDX-License-Identifier: GPL-2.0-or-later
// The memory map at the next power-on must be this boot's, entry for entry. What moved lately will
// move again: the stage's fingerprints tell of firmware, the booted systems' records of what loader
// and kernel added. What may move although it never did is a TPM's event log.
#include "resume/boot_maps.h"
#include "resume/check_list.h"
#include "resume/image_metadata.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kFingerprints[] = "the stage's fingerprints";
/// Boot protocol, type_of_loader, in decimal: what the kernel's own EFI stub sets for itself
/// (arch/x86, efi_pe_entry).
constexpr uint64_t kStartedByStub = 0x21;
constexpr char kEventLog[] = "/sys/kernel/security/tpm0/binary_bios_measurements";

std::string times(uint64_t moved_count, size_t boot_count, uint64_t last_boot) {
  return "it moved at " + std::to_string(moved_count) + " of the last " +
         std::to_string(boot_count) + " boots, last at boot " + std::to_string(last_boot);
}

std::optional<Finding> moved_in_firmware(const std::vector<BootChange>& history) {
  uint64_t moved_count = 0;
  const BootChange* last = nullptr;
  for (const BootChange& boot : history) {
    if (boot.reason != Reason::kMemoryMapChanged) continue;
    moved_count++;
    if (last == nullptr) last = &boot;
  }
  if (last == nullptr) return std::nullopt;
  return warn(kFingerprints, times(moved_count, history.size(), last->boot) + ": " + last->change,
              "leave firmware settings, boot menu and plugged-in devices alone between save and "
              "power-on; update the firmware if it moves by itself",
              Reason::kMemoryMapChanged);
}

/// REQUIRES: the firmware's part did not move, or it would be told as the loader's.
std::optional<Finding> moved_behind_the_stage(const std::vector<BootMap>& maps) {
  uint64_t moved_count = 0;
  uint64_t last_boot = 0;
  bool other_entry = false;
  std::string change;
  for (size_t i = 1; i < maps.size(); i++) {
    const Status same = compare_memory_maps(maps[i - 1].ranges, maps[i].ranges);
    if (same.ok()) continue;
    moved_count++;
    last_boot = maps[i].boot;
    other_entry = maps[i].arguments != maps[i - 1].arguments;
    change = same.error().text();
  }
  if (moved_count == 0) return std::nullopt;
  const std::string found = times(moved_count, maps.size() - 1, last_boot) +
                            (other_entry ? ", started with other arguments: " : ": ") + change;
  return warn(kBootMapsPath, found,
              other_entry ? "after a save let the boot menu start the same entry as this time"
                          : "do not edit the boot menu between save and power-on; restart once and "
                            "run nvresume check again",
              Reason::kMemoryMapChanged);
}

/// The stub copies the event log to memory that the map shows, and the log holds every file and
/// command the loader measured. A loader that ends boot services itself leaves it where it was.
std::optional<Finding> may_move() {
  if (read_number("/proc/sys/kernel/bootloader_type") != kStartedByStub) return std::nullopt;
  const size_t log_bytes = read_bytes(kEventLog).value_or("").size();
  if (log_bytes == 0) return std::nullopt;
  return warn(kEventLog,
              "the kernel's EFI stub puts the TPM's event log (" + std::to_string(log_bytes) +
                  " bytes now) into the memory map; another menu entry or an edited menu can move "
                  "it",
              "after a save let the boot menu start the same entry as this time, and do not edit "
              "the menu before");
}

}  // namespace

std::optional<Finding> check_memory_map(const CheckedMachine& machine) {
  if (auto moved = moved_in_firmware(machine.history)) return moved;
  const std::vector<BootMap> maps = read_boot_maps();
  if (auto moved = moved_behind_the_stage(maps)) return moved;
  if (auto may = may_move()) return may;
  if (machine.history.empty()) return pass(kFingerprints, "no two boots to compare yet");
  return pass(kFingerprints,
              "the same at each of the last " + std::to_string(machine.history.size()) + " boots");
}

}  // namespace nvresume
