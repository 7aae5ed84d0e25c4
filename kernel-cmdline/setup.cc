// SPDX-License-Identifier: GPL-2.0-or-later
// setup.cc: `nvresume setup`. Its first step makes the next boot go through the stage; the second
// (--finish, started by nvresume-boot.service in that boot) formats the range.
//
// Order of the first step: everything the new boot path will need stands before the firmware's boot
// order names it, so a power cut at any point leaves a machine that boots as before; at worst it
// waits, bounded, for a swap disk that is not there yet.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/finish.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/prerequisites.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/setup_options.h"
#include "kernel-cmdline/setup_plan.h"
#include "kernel-cmdline/setup_state.h"
#include "kernel-cmdline/stage_config.h"
#include "resume/command.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume setup [--yes] [--dry-run] [--factor N] [--range BASE+SIZE]\n"
    "       nvresume setup --files-only   in the root of an image being built: no EFI variables\n"
    "       nvresume setup --finish       second step; the first boot through the stage runs it\n";

void report(const char* what, std::string_view name, bool changed) {
  ::printf("%-13s %.*s: %s\n", what, static_cast<int>(name.size()), name.data(),
           changed ? "written" : "as it should be");
}

Status write_owned_files() {
  for (const OwnedFile& file : owned_files()) {
    NVRESUME_ASSIGN(const bool changed, ensure_contents(std::string(file.path), file.contents));
    report("file", file.path, changed);
  }
  return ok_status();
}

/// The state is saved first: how to take the block away again is known before it is there.
Status write_fstab(SetupState& state) {
  const std::string now = read_bytes("/etc/fstab").value_or("");
  bool completed = false;
  const std::string wanted = add_fstab_block(now, completed);
  if (wanted != now) state.set("fstab_completed", completed ? "1" : "0");
  NVRESUME_TRY(state.save());
  NVRESUME_ASSIGN(const bool changed, ensure_contents("/etc/fstab", wanted));
  report("file", "/etc/fstab", changed);
  return ok_status();
}

Status enable_units() {
  const bool enabled =
      file_exists("/etc/systemd/system/sysinit.target.wants/nvresume-boot.service");
  if (!enabled)
    NVRESUME_TRY(run_program({"systemctl", "--quiet", "enable", "nvresume-boot.service"}));
  report("unit", "nvresume-boot.service", !enabled);
  // Not in a chroot, where no systemd runs to be told.
  if (!file_exists("/run/systemd/system")) return ok_status();
  return run_program({"systemctl", "daemon-reload"});
}

Status update_grub() {
  const std::string grub = read_text_or_empty("/boot/grub/grub.cfg");
  const bool stale = grub.find("resume=/dev/NVM_SWAP") == std::string::npos;
  if (stale) NVRESUME_TRY(run_program({"update-grub"}));
  report("boot loader", "/boot/grub/grub.cfg", stale);
  return ok_status();
}

Status rebuild_initramfs(SetupState& state) {
  for (const std::string& kernel : installed_kernels()) {
    if (!has_driver(kernel)) {
      ::printf("%-13s %s: no nvm_swap module, this kernel will not be able to resume\n",
               "initramfs", kernel.c_str());
      continue;
    }
    NVRESUME_ASSIGN(const bool rebuilt, ensure_initramfs(kernel, state));
    NVRESUME_TRY(state.save());
    report("initramfs", kernel, rebuilt);
  }
  return ok_status();
}

Status apply_files(const std::string& esp, SetupState& state) {
  state.set("esp", esp);
  NVRESUME_ASSIGN(const bool copied, install_stage(esp));
  report("stage", esp, copied);
  NVRESUME_TRY(write_owned_files());
  NVRESUME_TRY(write_fstab(state));
  NVRESUME_TRY(enable_units());
  return rebuild_initramfs(state);
}

/// What taking it back needs; the order before the first setup, not before the latest.
Status remember(const SetupPlan& plan, SetupState& state) {
  state.set("range", format_range(plan.range));
  state.set("factor_percent", std::to_string(plan.factor_percent));
  state.set("next_loader", plan.next_loader);
  const auto order = read_efi_variable(EfiVendor::kGlobal, "BootOrder");
  if (state.get("boot_order_before").empty() && order)
    state.set("boot_order_before", format_boot_order(*order));
  return state.save();
}

Status apply_efi(const SetupPlan& plan, SetupState& state) {
  NVRESUME_TRY(remember(plan, state));
  NVRESUME_ASSIGN(const auto config,
                  make_stage_config(plan.range, plan.factor_percent, plan.next_loader));
  NVRESUME_ASSIGN(const bool configured, ensure_stage_config(config));
  report("EFI variable", kConfigName, configured);
  if (!plan.formatted)
    NVRESUME_TRY(write_durably(kUnfinishedPath, "range=" + format_range(plan.range) + "\n"));
  NVRESUME_ASSIGN(const uint16_t number, ensure_boot_entry(plan.esp, plan.next_loader));
  char entry[16];
  ::snprintf(entry, sizeof(entry), "%04X", number);
  state.set("boot_entry", entry);
  NVRESUME_TRY(state.save());
  // Last: from here on the firmware starts the stage.
  NVRESUME_ASSIGN(const bool moved, ensure_first_in_boot_order(number));
  report("boot entry", entry, moved);
  return ok_status();
}

Status confirm(const SetupOptions& options) {
  if (options.yes) return ok_status();
  if (::isatty(STDIN_FILENO) == 0)
    return Error(Reason::kBadArgument, "not asked on a terminal: say --yes, or --dry-run to look");
  ::printf("Go on? [y/N] ");
  (void)::fflush(stdout);
  char answer[16];
  if (::fgets(answer, sizeof(answer), stdin) != nullptr && (answer[0] == 'y' || answer[0] == 'Y'))
    return ok_status();
  return Error(Reason::kNotPermitted, "not confirmed; nothing was changed");
}

Status set_up_files_only() {
  NVRESUME_TRY(check_system_files());
  NVRESUME_ASSIGN(const std::string esp, find_esp(/*mounted=*/false));
  SetupState state = SetupState::load();
  NVRESUME_TRY(apply_files(esp, state));
  ::printf("files are in place; nvresume setup in the running system makes the rest\n");
  return ok_status();
}

Status set_up(const SetupOptions& options) {
  NVRESUME_TRY(check_system_files());
  NVRESUME_TRY(check_running_system());
  NVRESUME_ASSIGN(const SetupPlan plan, make_setup_plan(options));
  print_setup_plan(plan);
  if (options.dry_run) return ok_status();
  NVRESUME_TRY(confirm(options));

  SetupState state = SetupState::load();
  NVRESUME_TRY(apply_files(plan.esp, state));
  NVRESUME_TRY(update_grub());
  NVRESUME_TRY(apply_efi(plan, state));
  ::printf(plan.formatted ? "nvresume is set up\n"
                          : "restart to finish: the next boot formats the range if it is blank\n");
  return ok_status();
}

Status run(const SetupOptions& options) {
  if (::geteuid() != 0) return Error(Reason::kNotPermitted, "setup needs root");
  if (options.finish) return finish_setup();
  return options.files_only ? set_up_files_only() : set_up(options);
}

int run_setup(std::span<char* const> args) {
  auto options = parse_setup_options(args);
  if (options.ok() && options.value().help) {
    ::printf("%s", kUsage);
    return 0;
  }
  const Status done = options.ok() ? run(options.value()) : Status(Error(options.error()));
  if (done.ok()) return 0;
  const Error& error = done.error();
  // The second step has told its reason on the console already.
  if (!options.ok() || !options.value().finish)
    ::fprintf(stderr, "nvresume: setup: %s: %s\n", std::string(reason_name(error.reason())).c_str(),
              std::string(error.text()).c_str());
  if (!options.ok()) ::fprintf(stderr, "%s", kUsage);
  return static_cast<int>(error.kind());
}

NVRESUME_COMMAND(setup, "make this machine boot through nvresume", run_setup);

}  // namespace
}  // namespace nvresume
