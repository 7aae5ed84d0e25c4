// SPDX-License-Identifier: GPL-2.0-or-later
// setup.cc: `nvresume setup`. Its first step makes the next boot go through the stage; the second
// (--finish, started by nvresume-boot.service in that boot) formats the range.
#include <stdio.h>
#include <unistd.h>

#include <algorithm>

#include "kernel-cmdline/confirm.h"
#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/finish.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/namespace_step.h"
#include "kernel-cmdline/prerequisites.h"
#include "kernel-cmdline/setup_options.h"
#include "kernel-cmdline/setup_plan.h"
#include "kernel-cmdline/setup_report.h"
#include "kernel-cmdline/setup_steps.h"
#include "resume/command.h"
#include "resume/report_failure.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume setup [--yes] [--dry-run] [--json] [--range BASE+SIZE] [--factor N]\n"
    "                      [--erase BASE+SIZE] [--direct off|trial|auto] [--skip-key C|none]\n"
    "       nvresume setup --files-only   in the root of an image being built: no EFI variables\n"
    "       nvresume setup --kernel K     initramfs of a kernel that was just installed\n"
    "       nvresume setup --finish       second step; the first boot through the stage runs it\n"
    "  --range   which NVM, where there are several; its part to be used\n"
    "  --factor  size of the range in times of memory (default 2)\n"
    "  --erase   the range again, in full: what lies in it may be lost; --yes does not say so\n"
    "  --direct  whether the stage may resume without boot loader (nvresume trial)\n"
    "  --skip-key  held down at power-on, it keeps the stage from resuming directly\n";

Status run_steps(const std::vector<SetupStep>& steps, SetupReport& report) {
  for (const SetupStep& step : steps) {
    NVRESUME_ASSIGN(const bool changed, step.make());
    report.done(step, changed);
  }
  return ok_status();
}

Status set_up_files_only(SetupReport& report) {
  NVRESUME_TRY(check_system_files());
  NVRESUME_ASSIGN(const std::string esp, find_esp(/*mounted=*/false));
  NVRESUME_ASSIGN(SetupRecords records, SetupRecords::load());
  NVRESUME_TRY(run_steps(file_steps(esp, records), report));
  report.next("files are in place; nvresume setup in the running system makes the rest");
  return ok_status();
}

/// All of what stands in the way is said; the last is the error.
Status check_obstacles(SetupReport& report) {
  auto obstacles = running_obstacles();
  if (obstacles.empty()) return ok_status();
  const Error last = obstacles.back();
  obstacles.pop_back();
  for (const Error& error : obstacles) report.obstacle(error);
  return Error(last);
}

Status ask(const SetupOptions& options) {
  if (options.yes) return ok_status();
  if (options.json)
    return Error(Reason::kBadArgument, "--json asks nothing: say --yes or --dry-run with it");
  return confirm("\nMake these changes?");
}

std::string next_of(const SetupPlan& plan) {
  if (plan.formatted) return "nvresume is set up; systemctl hibernate saves";
  const std::string boot = plan.contents.ours
                               ? "the next boot goes through nvresume again"
                               : "the next boot goes through nvresume and formats the range";
  return "Now restart (systemctl reboot): " + boot +
         ".\nThen systemctl hibernate saves and powers off, the next power-on resumes, and "
         "nvresume "
         "status tells how it went.";
}

Status apply(SetupPlan plan, const SetupOptions& options, SetupReport& report) {
  NVRESUME_ASSIGN(SetupRecords records, SetupRecords::load());
  auto steps = namespace_steps(plan, records);
  for (auto& step : file_steps(plan.esp, records)) steps.push_back(std::move(step));
  for (auto& step : boot_steps(plan, records)) steps.push_back(std::move(step));
  report.will_change(steps, plan);
  if (options.dry_run) return ok_status();
  NVRESUME_TRY(ask(options));
  NVRESUME_TRY(run_steps(steps, report));
  NVRESUME_TRY(verify_setup());
  report.next(next_of(plan));
  return ok_status();
}

/// From a kernel's installation: what DKMS and dracut made last must fit together.
Status follow_kernel(const std::string& kernel) {
  // Headers may be configured before their kernel: its own hook follows.
  const auto kernels = installed_kernels();
  if (!Journal::exists() || std::ranges::find(kernels, kernel) == kernels.end()) return ok_status();
  if (!has_driver(kernel))
    return Error(Reason::kDriverMissing, "kernel ")
        .with(kernel)
        .with(
            " has no module nvm_swap: a session saved under it could not be resumed; install its "
            "headers, DKMS then builds it");
  NVRESUME_ASSIGN(SetupRecords records, SetupRecords::load());
  NVRESUME_ASSIGN(const bool rebuilt,
                  ensure_initramfs_follows(kernel, records.journal, records.state));
  if (rebuilt) ::printf("nvresume: %s made again\n", initramfs_path(kernel).c_str());
  return ok_status();
}

Status set_up(const SetupOptions& options, SetupReport& report) {
  NVRESUME_TRY(check_obstacles(report));
  NVRESUME_ASSIGN(const SetupPlan plan, make_setup_plan(options));
  report.found(plan);
  return apply(plan, options, report);
}

Status run(const SetupOptions& options, SetupReport& report) {
  if (::geteuid() != 0)
    return Error(Reason::kNotPermitted, "setup needs root; sudo nvresume setup");
  if (options.finish) return finish_setup();
  if (!options.kernel.empty()) return follow_kernel(options.kernel);
  return options.files_only ? set_up_files_only(report) : set_up(options, report);
}

int refuse_arguments(const Error& error) {
  const int status = report_failure("setup", error);
  ::fprintf(stderr, "%s", kUsage);
  return status;
}

int run_setup(std::span<char* const> args) {
  const auto parsed = parse_setup_options(args);
  if (!parsed.ok()) return refuse_arguments(parsed.error());
  const SetupOptions& options = parsed.value();
  if (options.help) {
    ::printf("%s", kUsage);
    return 0;
  }
  SetupReport report(options.json);
  const Status done = run(options, report);
  if (!done.ok() && options.json) report.obstacle(done.error());
  report.finish(done.ok() && !options.dry_run);
  if (done.ok()) return 0;
  // The second step has told its reason on the console already.
  if (options.finish) return static_cast<int>(done.error().kind());
  return report_failure("setup", done.error());
}

NVRESUME_COMMAND(setup, "make this machine boot through nvresume", run_setup);

}  // namespace
}  // namespace nvresume
