// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/installed_kernels.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "image/codec.h"
#include "kernel-cmdline/durable_file.h"
#include "kernel-cmdline/owned_files.h"
#include "kernel-cmdline/process.h"
#include "resume/initramfs_content.h"
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

/// Everything of ours that dracut puts into the image.
std::string fingerprint_of_inputs(const std::string& kernel) {
  std::string inputs = read_bytes(NVRESUME_PREFIX "/sbin/nvresume").value_or("");
  for (const std::string& name : list_directory(kDracutModule))
    inputs += read_bytes(std::string(kDracutModule) + "/" + name).value_or("");
  inputs += read_bytes("/usr/lib/udev/rules.d/60-nvresume.rules").value_or("");
  inputs += read_bytes(kDracutConf).value_or("");
  inputs += read_bytes(driver_path(kernel)).value_or("");
  char text[32];
  ::snprintf(text, sizeof(text), "%016" PRIx64,
             checksum_of({reinterpret_cast<const uint8_t*>(inputs.data()), inputs.size()}));
  return text;
}

std::string fingerprint(const std::string& kernel) {
  return fingerprint_of_inputs(kernel) + ":" + describe_image(initramfs_path(kernel));
}

std::string state_key(const std::string& kernel) { return "initramfs." + kernel; }

InitramfsContent content_of(const std::string& kernel) {
  const auto image = read_bytes(initramfs_path(kernel));
  if (!image) return {};
  const auto content = read_initramfs_content(
      {reinterpret_cast<const uint8_t*>(image->data()), image->size()}, kernel);
  return content.ok() ? content.value() : InitramfsContent{};
}

/// Not as Debian's own hook does it: dracut copies over the old image, and a power cut then leaves
/// half of one.
Status make_initramfs(const std::string& kernel, const std::vector<std::string>& options) {
  const std::string path = initramfs_path(kernel);
  NVRESUME_TRY(discard_beside(path));
  std::vector<std::string> command = {"dracut", "--quiet", "--force", path_beside(path), kernel};
  command.insert(command.end(), options.begin(), options.end());
  NVRESUME_TRY(run_program(command));
  return adopt_durably(path);
}

Status rebuild_recorded(const std::string& kernel, Journal& journal, SetupState& state) {
  const bool existed = file_exists(initramfs_path(kernel));
  NVRESUME_TRY(journal.record({Change::kInitramfs, kernel, existed ? "present" : "absent"}));
  NVRESUME_TRY(make_initramfs(kernel, {}));
  state.set(state_key(kernel), fingerprint(kernel));
  return state.save();
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

bool initramfs_can_resume(const std::string& kernel) {
  const InitramfsContent content = content_of(kernel);
  return content.program && content.driver;
}

bool initramfs_has_program(const std::string& kernel) { return content_of(kernel).program; }

Result<bool> ensure_initramfs(const std::string& kernel, Journal& journal, SetupState& state) {
  NVRESUME_TRY(discard_beside(initramfs_path(kernel)));
  if (state.get(state_key(kernel)) == fingerprint(kernel)) return false;
  NVRESUME_TRY(rebuild_recorded(kernel, journal, state));
  return true;
}

Result<bool> ensure_initramfs_follows(const std::string& kernel, Journal& journal,
                                      SetupState& state) {
  const std::string remembered = state.get(state_key(kernel));
  const bool same_inputs =
      remembered.empty() || remembered.starts_with(fingerprint_of_inputs(kernel) + ":");
  if (same_inputs && initramfs_can_resume(kernel)) {
    state.set(state_key(kernel), fingerprint(kernel));
    NVRESUME_TRY(state.save());
    return false;
  }
  NVRESUME_TRY(rebuild_recorded(kernel, journal, state));
  return true;
}

Status undo_initramfs(const std::string& kernel, std::string_view before) {
  const std::string path = initramfs_path(kernel);
  NVRESUME_TRY(discard_beside(path));
  // The kernel may have been removed since, and its image with it.
  if (!file_exists("/boot/" + std::string(kKernelPrefix) + kernel)) return ok_status();
  if (before == "absent") return remove_durably(path);
  // The driver is still installed: an initramfs that takes every block driver would take it, too.
  return make_initramfs(kernel, {"--omit-drivers", "nvm_swap"});
}

}  // namespace nvresume
