// SPDX-License-Identifier: GPL-2.0-or-later
// refresh_command.cc: `nvresume refresh`, run by the packages after an update.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel-cmdline/boot_bypass.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/process.h"
#include "kernel-cmdline/refresh.h"
#include "kernel-cmdline/setup_state.h"
#include "resume/command.h"
#include "resume/report_failure.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kUsage[] =
    "usage: nvresume refresh\n"
    "Brings the copies that boot up to what is installed: the stage on the EFI system partition, "
    "and\n"
    "program and driver in the initramfs images. Says where the firmware starts something else "
    "first by\n"
    "now. The packages run it after an update of nvresume and of GRUB. Does nothing where nvresume "
    "is\n"
    "not set up.\n";

/// Each in a process of its own, which says what is wrong: one kernel that fails must not keep the
/// others from resuming. A kernel without the driver could not resume before either.
Status refresh_initramfs() {
  std::string failed;
  for (const std::string& kernel : installed_kernels()) {
    if (!has_driver(kernel)) continue;
    const Status done = run_program({"/proc/self/exe", "setup", "--kernel", kernel});
    if (!done.ok()) failed += " " + kernel;
  }
  if (failed.empty()) return ok_status();
  return Error(Reason::kNotInInitramfs, "not renewed for these kernels:").with(failed);
}

Status refresh() {
  if (::geteuid() != 0)
    return Error(Reason::kNotPermitted, "refresh needs root; sudo nvresume refresh");
  if (!file_exists(kStatePath)) {
    ::puts("nvresume is not set up; there is nothing to refresh");
    return ok_status();
  }
  // What else goes wrong below must not hide it.
  if (const std::string bypass = describe_bypass(); !bypass.empty())
    ::printf("nvresume: %s\n", bypass.c_str());
  const auto renewed = refresh_stage();
  if (renewed.ok() && renewed.value())
    ::puts("nvresume: renewed the stage on the EFI system partition");
  // A stage that cannot be renewed must not keep a kernel from resuming.
  NVRESUME_TRY(refresh_initramfs());
  if (!renewed.ok()) return Error(renewed.error());
  return ok_status();
}

int run_refresh(std::span<char* const> args) {
  if (args.size() > 1) {
    const bool help = ::strcmp(args[1], "--help") == 0;
    (void)::fputs(kUsage, help ? stdout : stderr);
    return help ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const Status done = refresh();
  return done.ok() ? 0 : report_failure("refresh", done.error());
}

NVRESUME_COMMAND(refresh, "bring stage and initramfs up to what is installed", run_refresh);

}  // namespace
}  // namespace nvresume
