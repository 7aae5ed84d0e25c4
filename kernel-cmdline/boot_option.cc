// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/boot_option.h"

extern "C" {
#include <efivar/efiboot.h>
#include <efivar/efivar.h>
}
#include <string.h>

#include "kernel-cmdline/boot_entry.h"
#include "kernel-cmdline/loader_path.h"
#include "resume/system_error.h"

namespace nvresume {
namespace {

constexpr uint32_t kLoadOptionActive = 1;  // UEFI 2.10, 3.1.3

Result<std::vector<uint8_t>> device_path_of_stage(const std::string& esp) {
  const std::string stage = path_below(esp, kStagePathOnEsp);
  const ssize_t size =
      ::efi_generate_file_device_path(nullptr, 0, stage.c_str(), EFIBOOT_ABBREV_HD);
  if (size < 0) return system_error(Reason::kIoError, "making a device path for", stage);
  std::vector<uint8_t> path(static_cast<size_t>(size));
  if (::efi_generate_file_device_path(path.data(), size, stage.c_str(), EFIBOOT_ABBREV_HD) != size)
    return system_error(Reason::kIoError, "making a device path for", stage);
  return path;
}

}  // namespace

Result<std::vector<uint8_t>> make_boot_option(const std::string& esp,
                                              const std::string& next_loader) {
  NVRESUME_ASSIGN(auto path, device_path_of_stage(esp));
  NVRESUME_ASSIGN(auto loader, to_ucs2(next_loader));
  unsigned char label[sizeof(kBootEntryLabel)];
  ::memcpy(label, kBootEntryLabel, sizeof(label));
  const auto create = [&](uint8_t* buffer, ssize_t size) {
    return ::efi_loadopt_create(buffer, size, kLoadOptionActive,
                                reinterpret_cast<efidp>(path.data()),
                                static_cast<ssize_t>(path.size()), label,
                                reinterpret_cast<uint8_t*>(loader.data()), 2 * loader.size());
  };
  const ssize_t size = create(nullptr, 0);
  if (size < 0) return system_error(Reason::kIoError, "making the boot entry", kBootEntryLabel);
  std::vector<uint8_t> option(static_cast<size_t>(size));
  if (create(option.data(), size) != size)
    return system_error(Reason::kIoError, "making the boot entry", kBootEntryLabel);
  return option;
}

}  // namespace nvresume
