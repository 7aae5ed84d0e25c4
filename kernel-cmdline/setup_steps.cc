// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/setup_steps.h"

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/changes.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/grub_config.h"
#include "kernel-cmdline/hex.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/loader_path.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/process.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

/// Not in a chroot, where no systemd runs to be told.
Result<bool> enable_unit(Journal& journal) {
  NVRESUME_ASSIGN(const bool changed, put_link(journal, kUnitLink, kUnit));
  if (file_exists("/run/systemd/system")) NVRESUME_TRY(run_program({"systemctl", "daemon-reload"}));
  return changed;
}

Status record_variable(Journal& journal, const std::string& name) {
  const auto now = read_efi_variable(EfiVendor::kNvresume, name);
  return journal.record({Change::kVariable, name, now ? to_hex(*now) : "absent"});
}

Result<bool> write_config(const SetupPlan& plan, Journal& journal) {
  NVRESUME_ASSIGN(const auto config, make_stage_config(plan.stage));
  NVRESUME_TRY(record_variable(journal, kConfigName));
  return ensure_stage_config(config);
}

Result<bool> write_unfinished(const SetupPlan& plan) {
  if (plan.formatted) return false;
  const std::string range = format_range(plan.stage.range);
  return ensure_contents(kUnfinishedPath,
                         "range=" + range + "\n" + (plan.erase ? "erase=" + range + "\n" : ""));
}

Result<bool> write_boot_entry(const SetupPlan& plan, Journal& journal) {
  NVRESUME_ASSIGN(const uint16_t number, choose_entry_number());
  NVRESUME_TRY(journal.record({Change::kBootEntry, boot_variable(number), "absent"}));
  return ensure_boot_entry(number, plan.esp, plan.stage.next_loader);
}

/// Last: from here on the firmware starts the stage.
Result<bool> write_boot_order(Journal& journal) {
  NVRESUME_ASSIGN(const uint16_t number, choose_entry_number());
  const bool existed = read_efi_variable(EfiVendor::kGlobal, "BootOrder").has_value();
  NVRESUME_TRY(journal.record({Change::kBootOrder, "BootOrder", existed ? "present" : "absent"}));
  return ensure_first_in_boot_order(number);
}

Error differs(std::string_view what) {
  return Error(Reason::kVerifyFailed, what)
      .with(" is not as it was written; run nvresume setup again, or nvresume remove");
}

Status verify_files() {
  for (const OwnedFile& file : owned_files())
    if (read_bytes(file.path) != std::string(file.contents)) return differs(file.path);
  if (read_bytes("/etc/fstab").value_or("").find(kFstabBlock) == std::string::npos)
    return differs("/etc/fstab");
  for (const std::string& kernel : installed_kernels())
    if (has_driver(kernel) && !initramfs_can_resume(kernel)) return differs(initramfs_path(kernel));
  return grub_config_has_resume() ? ok_status() : differs(kGrubConfigPath);
}

Status verify_firmware() {
  const auto ours = our_boot_entries();
  const auto order = read_efi_variable(EfiVendor::kGlobal, "BootOrder");
  if (ours.empty() || !order || put_first(*order, ours.front()) != *order)
    return differs("the firmware's boot order");
  return read_stage_config() ? ok_status() : differs(kConfigName);
}

}  // namespace

Result<SetupRecords> SetupRecords::load() {
  NVRESUME_ASSIGN(Journal journal, Journal::load());
  return SetupRecords{std::move(journal), SetupState::load()};
}

std::vector<SetupStep> file_steps(const std::string& esp, SetupRecords& records) {
  Journal& journal = records.journal;
  std::vector<SetupStep> steps;
  steps.push_back({"stage", path_below(esp, kStagePathOnEsp),
                   [esp, &journal] { return install_stage(esp, journal); }});
  for (const OwnedFile& file : owned_files())
    steps.push_back({"file", std::string(file.path), [&file, &journal] {
                       return put_file(journal, std::string(file.path), file.contents, file.mode);
                     }});
  steps.push_back({"file", "/etc/fstab", [&journal] { return ensure_fstab(journal); }});
  steps.push_back({"unit", "nvresume-boot.service", [&journal] { return enable_unit(journal); }});
  for (const std::string& kernel : installed_kernels())
    if (has_driver(kernel))
      steps.push_back({"initramfs", initramfs_path(kernel), [kernel, &records] {
                         return ensure_initramfs(kernel, records.journal, records.state);
                       }});
  return steps;
}

std::vector<SetupStep> boot_steps(const SetupPlan& plan, SetupRecords& records) {
  Journal& journal = records.journal;
  return {
      {"boot loader", kGrubConfigPath,
       [&records] { return ensure_grub_config(records.journal, records.state); }},
      {"EFI variable", kConfigName, [&plan, &journal] { return write_config(plan, journal); }},
      {"file", kUnfinishedPath, [&plan] { return write_unfinished(plan); }},
      {"boot entry", kBootEntryLabel,
       [&plan, &journal] { return write_boot_entry(plan, journal); }},
      {"boot order", "nvresume first", [&journal] { return write_boot_order(journal); }},
  };
}

Status verify_setup() {
  NVRESUME_TRY(verify_files());
  return verify_firmware();
}

}  // namespace nvresume
