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

#include "kernel-cmdline/boot_option.h"
#include "kernel-cmdline/efi_store.h"
#include "kernel-cmdline/loader_path.h"
#include "kernel-cmdline/stage_config.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr uint32_t kBootEntryCount = 0x10000;
// Where Debian and its relatives install; the removable-media path last, it may be a copy of
// either.
constexpr std::array<std::string_view, 3> kUsualLoaders = {
    "\\EFI\\debian\\shimx64.efi", "\\EFI\\debian\\grubx64.efi", "\\EFI\\BOOT\\BOOTX64.EFI"};

std::optional<uint16_t> read_number_variable(const std::string& name) {
  const auto value = read_efi_variable(EfiVendor::kGlobal, name);
  if (!value || value->size() != 2) return std::nullopt;
  return static_cast<uint16_t>((*value)[0] | (*value)[1] << 8);
}

struct Entry {
  std::string label;
  std::string file;  ///< "" where the path names none, or cannot be read
};

std::optional<Entry> read_entry(const std::string& variable) {
  auto contents = read_efi_variable(EfiVendor::kGlobal, variable);
  if (!contents) return std::nullopt;
  auto* option = reinterpret_cast<efi_load_option*>(contents->data());
  if (!::efi_loadopt_is_valid(option, contents->size())) return std::nullopt;
  const auto limit = static_cast<ssize_t>(contents->size());
  Entry entry;
  const auto* label = reinterpret_cast<const char*>(::efi_loadopt_desc(option, limit));
  if (label != nullptr) entry.label = label;
  const auto* path = reinterpret_cast<const uint8_t*>(::efi_loadopt_path(option, limit));
  if (path == nullptr) return entry;
  const auto file = file_of_device_path({path, ::efi_loadopt_pathlen(option, limit)});
  if (file.ok()) entry.file = file.value();
  return entry;
}

/// The loader file of the entry this boot was started by; "" where it names none.
std::string current_loader() {
  const auto number = read_number_variable("BootCurrent");
  if (!number) return "";
  const auto entry = read_entry(boot_variable(*number));
  return entry ? entry->file : "";
}

bool is_on_esp(const std::string& esp, std::string_view loader) {
  return !loader.empty() && !is_same_path(loader, kStagePathOnEsp) &&
         file_exists(path_below(esp, loader));
}

/// "Boot0005" and nothing else.
std::optional<uint16_t> entry_number(const std::string& name) {
  unsigned number = 0;
  if (name.size() != 8 || ::sscanf(name.c_str(), "Boot%4X", &number) != 1) return std::nullopt;
  if (boot_variable(number) != name) return std::nullopt;
  return static_cast<uint16_t>(number);
}

std::vector<uint8_t> boot_order() {
  return read_efi_variable(EfiVendor::kGlobal, "BootOrder").value_or(std::vector<uint8_t>());
}

bool is_in_order(ConstBytes order, uint16_t number) {
  return take_out(order, number).size() != order.size();
}

}  // namespace

Result<std::string> find_next_loader(const std::string& esp) {
  const std::string current = current_loader();
  if (is_on_esp(esp, current)) return current;
  const auto config = read_stage_config();
  if (config && is_on_esp(esp, next_loader_of(*config))) return next_loader_of(*config);
  for (const std::string_view loader : kUsualLoaders)
    if (is_on_esp(esp, loader)) return std::string(loader);
  return Error(Reason::kLoaderMissing, "no boot loader to hand over to was found on ")
      .with(esp)
      .with("; install it there (grub-install)");
}

std::string boot_entry_label(uint16_t number) {
  const auto entry = read_entry(boot_variable(number));
  return entry ? entry->label : "";
}

std::vector<uint16_t> our_boot_entries() {
  std::vector<uint16_t> numbers;
  for (const std::string& name : list_efi_variables(EfiVendor::kGlobal)) {
    const auto number = entry_number(name);
    if (!number) continue;
    const auto entry = read_entry(name);
    if (entry && entry->label == kBootEntryLabel && is_same_path(entry->file, kStagePathOnEsp))
      numbers.push_back(*number);
  }
  return numbers;
}

Result<uint16_t> choose_entry_number() {
  const auto ours = our_boot_entries();
  if (!ours.empty()) return ours.front();
  // An order may name entries that are gone: such a number would come back as somebody else's.
  const auto order = boot_order();
  for (uint32_t number = 0; number < kBootEntryCount; number++) {
    NVRESUME_ASSIGN(const bool taken, has_efi_variable(EfiVendor::kGlobal, boot_variable(number)));
    if (!taken && !is_in_order(order, static_cast<uint16_t>(number)))
      return static_cast<uint16_t>(number);
  }
  return Error(Reason::kNoRoom,
               "the firmware's boot menu has no free entry; delete one (efibootmgr)");
}

Result<bool> ensure_boot_entry(uint16_t number, const std::string& esp,
                               const std::string& next_loader) {
  NVRESUME_ASSIGN(const auto option, make_boot_option(esp, next_loader));
  return ensure_efi_variable(EfiVendor::kGlobal, boot_variable(number), option);
}

Result<bool> ensure_first_in_boot_order(uint16_t number) {
  NVRESUME_ASSIGN(const bool exists, has_efi_variable(EfiVendor::kGlobal, "BootOrder"));
  const auto order = boot_order();
  // Better none of ours in it than nothing but ours.
  if (exists && order.empty())
    return Error(Reason::kIoError,
                 "EFI variable BootOrder is empty; choose an order in the firmware's setup");
  return ensure_efi_variable(EfiVendor::kGlobal, "BootOrder", put_first(order, number));
}

Status remove_from_boot_order(bool made_order) {
  auto order = boot_order();
  const auto next = read_number_variable("BootNext");
  for (const uint16_t number : our_boot_entries()) {
    order = take_out(order, number);
    if (next == number) NVRESUME_TRY(remove_efi_variable(EfiVendor::kGlobal, "BootNext"));
  }
  if (order.empty() && made_order) return remove_efi_variable(EfiVendor::kGlobal, "BootOrder");
  if (!read_efi_variable(EfiVendor::kGlobal, "BootOrder")) return ok_status();
  NVRESUME_TRY(ensure_efi_variable(EfiVendor::kGlobal, "BootOrder", order));
  return ok_status();
}

Status remove_boot_entries() {
  for (const uint16_t number : our_boot_entries())
    NVRESUME_TRY(remove_efi_variable(EfiVendor::kGlobal, boot_variable(number)));
  return ok_status();
}

std::vector<uint8_t> take_out(ConstBytes order, uint16_t number) {
  std::vector<uint8_t> result;
  for (size_t i = 0; i + 1 < order.size(); i += 2)
    if ((order[i] | order[i + 1] << 8) != number)
      result.insert(result.end(), {order[i], order[i + 1]});
  return result;
}

std::vector<uint8_t> put_first(ConstBytes order, uint16_t number) {
  std::vector<uint8_t> result = {static_cast<uint8_t>(number), static_cast<uint8_t>(number >> 8)};
  const auto rest = take_out(order, number);
  result.insert(result.end(), rest.begin(), rest.end());
  return result;
}

}  // namespace nvresume
