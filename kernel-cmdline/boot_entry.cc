// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/boot_entry.h"

extern "C" {
#include <efivar/efiboot.h>
#include <efivar/efivar.h>
}
#include <stdio.h>
#include <string.h>

#include <array>
#include <optional>

#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/loader_path.h"
#include "kernel-cmdline/stage_config.h"
#include "resume/boot_next.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kLabel[] = "nvresume";
constexpr uint32_t kLoadOptionActive = 1;  // UEFI 2.10, 3.1.3
constexpr uint32_t kBootEntryCount = 0x10000;
// Where Debian and its relatives install; the removable-media path last, it may be a copy of
// either.
constexpr std::array<std::string_view, 3> kUsualLoaders = {
    "\\EFI\\debian\\shimx64.efi", "\\EFI\\debian\\grubx64.efi", "\\EFI\\BOOT\\BOOTX64.EFI"};

std::string boot_variable(uint32_t number) {
  char name[16];
  ::snprintf(name, sizeof(name), "Boot%04X", number);
  return name;
}

std::optional<uint16_t> read_number_variable(const std::string& name) {
  const auto value = read_efi_variable(EfiVendor::kGlobal, name);
  if (!value || value->size() != 2) return std::nullopt;
  return static_cast<uint16_t>((*value)[0] | (*value)[1] << 8);
}

/// The loader file of the entry this boot was started by; "" where it names none.
std::string current_loader() {
  const auto number = read_number_variable("BootCurrent");
  if (!number) return "";
  auto entry = read_efi_variable(EfiVendor::kGlobal, boot_variable(*number));
  if (!entry) return "";
  auto* option = reinterpret_cast<efi_load_option*>(entry->data());
  if (!::efi_loadopt_is_valid(option, entry->size())) return "";
  const auto limit = static_cast<ssize_t>(entry->size());
  const auto* path = reinterpret_cast<const uint8_t*>(::efi_loadopt_path(option, limit));
  if (path == nullptr) return "";
  const auto file = file_of_device_path({path, ::efi_loadopt_pathlen(option, limit)});
  // A path that cannot be read is as good as none: the usual places follow.
  return file.ok() ? file.value() : "";
}

bool is_on_esp(const std::string& esp, std::string_view loader) {
  return !loader.empty() && !is_same_path(loader, kStagePathOnEsp) &&
         file_exists(path_below(esp, loader));
}

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

Result<std::vector<uint8_t>> make_load_option(const std::string& esp,
                                              const std::string& next_loader) {
  NVRESUME_ASSIGN(auto path, device_path_of_stage(esp));
  NVRESUME_ASSIGN(auto loader, to_ucs2(next_loader));
  unsigned char label[sizeof(kLabel)];
  ::memcpy(label, kLabel, sizeof(label));
  const auto create = [&](uint8_t* buffer, ssize_t size) {
    return ::efi_loadopt_create(buffer, size, kLoadOptionActive,
                                reinterpret_cast<efidp>(path.data()),
                                static_cast<ssize_t>(path.size()), label,
                                reinterpret_cast<uint8_t*>(loader.data()), 2 * loader.size());
  };
  const ssize_t size = create(nullptr, 0);
  if (size < 0) return system_error(Reason::kIoError, "making the boot entry", kLabel);
  std::vector<uint8_t> option(static_cast<size_t>(size));
  if (create(option.data(), size) != size)
    return system_error(Reason::kIoError, "making the boot entry", kLabel);
  return option;
}

Result<uint16_t> free_entry_number() {
  for (uint32_t number = 0; number < kBootEntryCount; number++)
    if (!read_efi_variable(EfiVendor::kGlobal, boot_variable(number)))
      return static_cast<uint16_t>(number);
  return Error(Reason::kNoRoom, "the firmware's boot menu has no free entry");
}

}  // namespace

Result<std::string> find_next_loader(const std::string& esp) {
  const std::string current = current_loader();
  if (is_on_esp(esp, current)) return current;
  const auto config = read_stage_config();
  if (config && is_on_esp(esp, next_loader_of(*config))) return next_loader_of(*config);
  for (const std::string_view loader : kUsualLoaders)
    if (is_on_esp(esp, loader)) return std::string(loader);
  return Error(Reason::kLoaderMissing, "no boot loader to hand over to was found on ").with(esp);
}

Result<uint16_t> ensure_boot_entry(const std::string& esp, const std::string& next_loader) {
  NVRESUME_ASSIGN(const auto option, make_load_option(esp, next_loader));
  const auto existing = find_boot_entry();
  NVRESUME_ASSIGN(const uint16_t number,
                  existing.ok() ? Result<uint16_t>(existing.value()) : free_entry_number());
  NVRESUME_TRY(ensure_efi_variable(EfiVendor::kGlobal, boot_variable(number), option));
  return number;
}

Result<bool> ensure_first_in_boot_order(uint16_t number) {
  const auto order = read_efi_variable(EfiVendor::kGlobal, "BootOrder");
  return ensure_efi_variable(EfiVendor::kGlobal, "BootOrder",
                             put_first(order.value_or(std::vector<uint8_t>()), number));
}

std::string format_boot_order(ConstBytes order) {
  std::string text;
  for (size_t i = 0; i + 1 < order.size(); i += 2) {
    char entry[8];
    ::snprintf(entry, sizeof(entry), "%s%04X", text.empty() ? "" : ",",
               static_cast<unsigned>(order[i] | order[i + 1] << 8));
    text += entry;
  }
  return text;
}

std::vector<uint8_t> put_first(ConstBytes order, uint16_t number) {
  const auto low = static_cast<uint8_t>(number);
  const auto high = static_cast<uint8_t>(number >> 8);
  std::vector<uint8_t> result = {low, high};
  for (size_t i = 0; i + 1 < order.size(); i += 2)
    if (order[i] != low || order[i + 1] != high)
      result.insert(result.end(), {order[i], order[i + 1]});
  return result;
}

}  // namespace nvresume
