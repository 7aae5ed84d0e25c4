// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/prerequisites.h"

#include <sys/utsname.h>

#include <algorithm>
#include <string>

#include "kernel-cmdline/esp.h"
#include "kernel-cmdline/fstab.h"
#include "kernel-cmdline/installed_kernels.h"
#include "kernel-cmdline/owned_files.h"
#include "resume/check_firmware.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

Error unsupported(std::string_view sentence) { return Error(Reason::kUnsupportedSetup, sentence); }

Status check_initramfs_generator() {
  if (!file_exists("/usr/bin/dracut"))
    return unsupported(
        "the initramfs is not made by dracut here; install dracut (apt install dracut), which "
        "replaces the other generator");
  // initramfs-tools-core may stay behind dracut's installation; this program is initramfs-tools'.
  if (file_exists("/usr/sbin/update-initramfs"))
    return unsupported(
        "initramfs-tools makes the initramfs here, dracut must; apt install dracut replaces it");
  return ok_status();
}

/// A resume= of somebody else's would win over ours or fight with it.
Status check_no_other_resume(const std::string& path) {
  const std::string text = read_text_or_empty(path);
  for (const std::string_view line : split_lines(text)) {
    const size_t at = line.find("resume=");
    if (line.starts_with('#') || at == std::string_view::npos) continue;
    return unsupported(path).with(" already sets resume=; remove it first");
  }
  return ok_status();
}

Status check_boot_loader() {
  for (const char* path : {"/usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg"})
    if (!file_exists(path))
      return unsupported("GRUB is not the boot loader here (there is no ")
          .with(path)
          .with("), and no other is supported yet");
  NVRESUME_TRY(check_no_other_resume("/etc/default/grub"));
  for (const std::string& name : list_directory("/etc/default/grub.d")) {
    const std::string path = "/etc/default/grub.d/" + name;
    if (name.ends_with(".cfg") && path != kGrubDropIn) NVRESUME_TRY(check_no_other_resume(path));
  }
  return ok_status();
}

Status check_own_files() {
  for (const char* path : {kInstalledStage, "/usr/lib/dracut/modules.d/55nvresume/module-setup.sh",
                           "/usr/lib/systemd/system/nvresume-boot.service"})
    if (!file_exists(path)) return unsupported(path).with(" is missing; install nvresume whole");
  return ok_status();
}

/// The whole line, "none [integrity] confidentiality".
bool is_locked_down() {
  const std::string lockdown = read_text_or_empty("/sys/kernel/security/lockdown");
  return !lockdown.empty() && lockdown.find("[none]") == std::string::npos;
}

Status check_own_fstab() { return check_fstab(read_bytes("/etc/fstab").value_or("")); }

Status check_any_driver() {
  if (std::ranges::any_of(installed_kernels(), has_driver)) return ok_status();
  return Error(Reason::kDriverMissing,
               "no kernel in /boot has the module nvm_swap; install nvresume-dkms and the kernel's "
               "headers, or make install");
}

Status check_uefi() {
  if (file_exists("/sys/firmware/efi/efivars")) return ok_status();
  return unsupported(
      "this system was not started by UEFI firmware; switch it on in the firmware's "
      "setup and reinstall the boot loader for it");
}

Status check_esp() {
  NVRESUME_ASSIGN(const std::string esp, find_esp(/*mounted=*/true));
  return check_esp_writable(esp);
}

Status check_lockdown() {
  if (is_secure_boot_on())
    return Error(Reason::kLockdown,
                 "Secure Boot is on: the kernel then forbids hibernation and unsigned modules; "
                 "switch it off in the firmware's setup");
  if (is_locked_down())
    return Error(Reason::kLockdown,
                 "kernel lockdown is on: it forbids hibernation; remove lockdown= from the kernel "
                 "command line");
  return ok_status();
}

Status check_running_driver() {
  struct utsname name;
  if (::uname(&name) != 0) return Error(Reason::kInternal, "uname failed");
  if (has_driver(name.release)) return ok_status();
  return Error(Reason::kDriverMissing, "the running kernel ")
      .with(name.release)
      .with(" has no module nvm_swap; install its headers (DKMS then builds it) or boot another");
}

template <size_t kCount>
void collect(Status (*const (&checks)[kCount])(), std::vector<Error>& obstacles) {
  for (Status (*check)() : checks)
    if (const Status found = check(); !found.ok()) obstacles.push_back(found.error());
}

}  // namespace

std::vector<Error> system_obstacles() {
  std::vector<Error> obstacles;
  collect({check_initramfs_generator, check_boot_loader, check_own_files, check_own_fstab,
           check_any_driver},
          obstacles);
  return obstacles;
}

std::vector<Error> running_obstacles() {
  std::vector<Error> obstacles = system_obstacles();
  collect({check_uefi, check_esp, check_lockdown, check_running_driver}, obstacles);
  return obstacles;
}

Status check_system_files() {
  const auto obstacles = system_obstacles();
  if (obstacles.empty()) return ok_status();
  return Error(obstacles.front());
}

}  // namespace nvresume
