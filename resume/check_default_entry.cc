// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_default_entry.h"

#include "resume/check_grub_menu.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr const char* kGrubDirectories[] = {"/boot/grub", "/boot/grub2"};
constexpr std::string_view kKernelPrefix = "vmlinuz-";

/// GRUB's path is relative to its own file system: with a separate /boot, "/vmlinuz-…" lies there.
std::string as_seen_here(const std::string& grub_path) {
  std::string path = grub_path;
  if (path.starts_with('(')) path.erase(0, path.find(')') + 1);
  return file_exists("/boot" + path) ? "/boot" + path : path;
}

std::string release_of(const std::string& kernel) {
  const std::string name = kernel.substr(kernel.rfind('/') + 1);
  return name.starts_with(kKernelPrefix) ? name.substr(kKernelPrefix.size()) : "";
}

Error unknown(std::string_view why) { return Error(Reason::kUnsupportedSetup, why); }

Result<DefaultEntry> default_of(const std::string& directory, const std::string& config) {
  // The generated file's last section reads custom.cfg, which may choose another default.
  const GrubMenu menu =
      parse_grub_menu(config + "\n" + read_text_or_empty(directory + "/custom.cfg"),
                      read_text_or_empty(directory + "/grubenv"));
  if (menu.default_entry.empty())
    return unknown(directory).with("/grub.cfg decides at boot which entry is the default");
  const GrubEntry* entry = find_default(menu);
  if (entry == nullptr)
    return unknown(directory)
        .with("/grub.cfg has no entry \"")
        .with(menu.default_entry)
        .with("\", which is the default");
  DefaultEntry found;
  found.title = entry->title;
  found.kernel_release = release_of(entry->kernel);
  if (found.kernel_release.empty())
    return unknown("the default entry \"").with(entry->title).with("\" names no kernel version");
  found.arguments = entry->arguments;
  for (const std::string& path : entry->initramfs) found.initramfs.push_back(as_seen_here(path));
  return found;
}

}  // namespace

Result<DefaultEntry> find_default_entry() {
  for (const std::string directory : kGrubDirectories)
    if (const auto config = read_text(directory + "/grub.cfg"))
      return default_of(directory, *config);
  return unknown("there is no grub.cfg in /boot/grub or /boot/grub2");
}

}  // namespace nvresume
