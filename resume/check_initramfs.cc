// SPDX-License-Identifier: GPL-2.0-or-later
// What loads a saved image is the initramfs of the entry the boot loader starts by itself, with
// that entry's kernel.
#include <algorithm>

#include "resume/check_list.h"
#include "resume/config_file.h"
#include "resume/initramfs_content_files.h"
#include "resume/initramfs_to_load.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kGrubConfig[] = "/boot/grub/grub.cfg";
constexpr char kRebuild[] = "run nvresume setup, which rebuilds it with dracut";

const std::string& release_to_load(const CheckedMachine& machine) {
  return release_to_load(machine.default_entry, machine.kernel_release);
}

Result<std::vector<std::string>> files_to_load(const CheckedMachine& machine) {
  return initramfs_to_load(machine.default_entry, machine.kernel_release);
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

/// A module's name in sysfs has no dash.
bool is_loaded(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return file_exists("/sys/module/" + name);
}

}  // namespace

std::optional<Finding> check_default_entry(const CheckedMachine& machine) {
  if (!machine.default_entry && read_setting("initramfs"))
    return pass("/etc/nvresume.conf", "initramfs= there names what it loads");
  if (!machine.default_entry)
    return warn(
        kGrubConfig,
        std::string(machine.default_entry.error.text()) + ": taken to start the running kernel",
        "initramfs= in /etc/nvresume.conf names the initramfs it loads");
  const DefaultEntry& entry = *machine.default_entry;
  if (entry.kernel_release == machine.kernel_release)
    return pass(kGrubConfig, "\"" + entry.title + "\" starts the running kernel");
  return warn(kGrubConfig,
              "\"" + entry.title + "\" starts kernel " + entry.kernel_release + ", this is " +
                  machine.kernel_release + ": another kernel would load the image",
              "restart into " + entry.kernel_release +
                  " before saving, or choose this kernel's "
                  "entry with grub-set-default",
              Reason::kOtherKernel);
}

std::optional<Finding> check_initramfs(const CheckedMachine& machine) {
  const auto files = files_to_load(machine);
  if (!files.ok()) return fail(files.error(), kGrubConfig, kRebuild);
  const std::string paths = joined(*files, ", ");
  const auto content = look_into_initramfs(*files, release_to_load(machine));
  if (!content.ok()) return fail(content.error(), paths, kRebuild);
  return pass(paths, paths + " has the program, and the driver for " + release_to_load(machine));
}

/// A driver that takes the GPU over before the restore leaves it in a state the saved kernel's own
/// driver does not expect. One the machine has no use for is never loaded.
std::optional<Finding> check_gpu_drivers(const CheckedMachine& machine) {
  const auto files = files_to_load(machine);
  if (!files.ok()) return std::nullopt;
  const auto content = look_into_initramfs(*files, release_to_load(machine));
  if (!content.ok()) return std::nullopt;
  std::vector<std::string> used = content->gpu_drivers;
  std::erase_if(used, [](const std::string& name) { return !is_loaded(name); });
  const std::string paths = joined(*files, ", ");
  if (used.empty()) return pass(paths, "none in the initramfs that this machine uses");
  return warn(paths, joined(used, ", ") + " is loaded in the initramfs, before the image is",
              "write omit_drivers+=\" " + joined(used, " ") +
                  " \" into a file in /etc/dracut.conf.d, then run dracut -f");
}

}  // namespace nvresume
