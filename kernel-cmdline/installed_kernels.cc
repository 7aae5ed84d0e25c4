// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/installed_kernels.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "image/codec.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/process.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kDracutModule[] = "/usr/lib/dracut/modules.d/55nvresume";
constexpr std::string_view kKernelPrefix = "vmlinuz-";

/// Path of nvm_swap.ko below the kernel's module directory, as depmod found it; "" where it has
/// not.
std::string driver_path(const std::string& kernel) {
  const std::string directory = "/lib/modules/" + kernel;
  const std::string dependencies = read_text_or_empty(directory + "/modules.dep");
  for (const std::string_view line : split_lines(dependencies)) {
    const std::string_view path = line.substr(0, line.find(':'));
    if (path.find("/nvm_swap.ko") != std::string_view::npos || path.starts_with("nvm_swap.ko"))
      return directory + "/" + std::string(path);
  }
  return "";
}

/// Size and time of the image: dracut run by somebody else in between shows here.
std::string describe_image(const std::string& path) {
  struct stat status;
  if (::stat(system_path(path).c_str(), &status) != 0) return "none";
  return std::to_string(status.st_size) + "@" + std::to_string(status.st_mtime);
}

std::string fingerprint(const std::string& kernel) {
  std::string inputs = read_bytes("/usr/sbin/nvresume").value_or("");
  for (const std::string& name : list_directory(kDracutModule))
    inputs += read_bytes(std::string(kDracutModule) + "/" + name).value_or("");
  inputs += read_bytes("/usr/lib/udev/rules.d/60-nvresume.rules").value_or("");
  inputs += read_bytes(kDracutConf).value_or("");
  inputs += read_bytes(driver_path(kernel)).value_or("");
  char text[32];
  ::snprintf(text, sizeof(text), "%016" PRIx64,
             checksum_of({reinterpret_cast<const uint8_t*>(inputs.data()), inputs.size()}));
  return std::string(text) + ":" + describe_image(initramfs_path(kernel));
}

}  // namespace

std::vector<std::string> installed_kernels() {
  std::vector<std::string> kernels;
  for (const std::string& name : list_directory("/boot"))
    if (name.starts_with(kKernelPrefix)) kernels.push_back(name.substr(kKernelPrefix.size()));
  return kernels;
}

bool has_driver(const std::string& kernel) { return !driver_path(kernel).empty(); }

std::string initramfs_path(const std::string& kernel) { return "/boot/initrd.img-" + kernel; }

Result<bool> ensure_initramfs(const std::string& kernel, SetupState& state) {
  const std::string key = "initramfs." + kernel;
  if (state.get(key) == fingerprint(kernel)) return false;
  // What Debian's own kernel hook does; dracut writes beside and renames.
  NVRESUME_TRY(run_program({"dracut", "--quiet", "--force", initramfs_path(kernel), kernel}));
  state.set(key, fingerprint(kernel));
  return true;
}

}  // namespace nvresume
