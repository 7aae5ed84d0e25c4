// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/boot_next.h"

extern "C" {
#include <efivar/efiboot.h>
}
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <optional>
#include <span>
#include <string>

#include "resume/efi_variable.h"

namespace nvresume {
namespace {

constexpr char kLabel[] = "nvresume";
constexpr char kStagePath[] = "\\EFI\\nvresume\\nvresume.efi";
constexpr uint32_t kBootVariableAttributes =
    EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
constexpr mode_t kVariableMode = 0644;
constexpr uint32_t kLoadOptionActive = 1;  // UEFI 2.10, 3.1.3 Load Options

std::optional<uint16_t> read_boot_next() {
  const auto variable = read_whole_variable(EFI_GLOBAL_GUID, "BootNext");
  if (!variable || variable->contents.size() != sizeof(uint16_t)) return std::nullopt;
  uint16_t number = 0;
  ::memcpy(&number, variable->contents.data(), sizeof(number));
  return number;
}

bool write_boot_next(uint16_t number) {
  return ::efi_set_variable(EFI_GLOBAL_GUID, "BootNext", reinterpret_cast<uint8_t*>(&number),
                            sizeof(number), kBootVariableAttributes, kVariableMode) == 0;
}

/// "Boot0003" -> 3; only exactly four upper-case hexadecimal digits name an entry.
std::optional<uint16_t> entry_number(std::string_view name) {
  if (name.size() != 8 || !name.starts_with("Boot")) return std::nullopt;
  for (const char c : name.substr(4))
    if (!isxdigit(static_cast<unsigned char>(c)) || islower(static_cast<unsigned char>(c)))
      return std::nullopt;
  return static_cast<uint16_t>(::strtoul(std::string(name.substr(4)).c_str(), nullptr, 16));
}

/// Whether a file-path node is `path`; FAT knows no case.
bool is_path(std::span<const uint8_t> node, std::string_view path) {
  constexpr size_t kNodeHeaderBytes = 4;
  if (node.size() < kNodeHeaderBytes + 2 * path.size()) return false;
  for (size_t i = 0; i < path.size(); i++) {
    const uint8_t low = node[kNodeHeaderBytes + 2 * i];
    if (node[kNodeHeaderBytes + 2 * i + 1] != 0 || tolower(low) != tolower(path[i])) return false;
  }
  const size_t end = kNodeHeaderBytes + 2 * path.size();
  return node.size() < end + 2 || (node[end] == 0 && node[end + 1] == 0);
}

/// Walks the device path by its own lengths; a node that reaches past the end ends the walk.
bool path_names_stage(std::span<const uint8_t> path) {
  while (path.size() >= 4) {
    const size_t length = static_cast<size_t>(path[2] | path[3] << 8);
    if (length < 4 || length > path.size()) return false;
    if (path[0] == EFIDP_END_TYPE) return false;
    if (path[0] == EFIDP_MEDIA_TYPE && path[1] == EFIDP_MEDIA_FILE &&
        is_path(path.first(length), kStagePath))
      return true;
    path = path.subspan(length);
  }
  return false;
}

bool is_our_entry(EfiVariable& variable) {
  auto* option = reinterpret_cast<efi_load_option*>(variable.contents.data());
  const auto limit = static_cast<ssize_t>(variable.contents.size());
  if (!::efi_loadopt_is_valid(option, variable.contents.size())) return false;
  const auto* label = reinterpret_cast<const char*>(::efi_loadopt_desc(option, limit));
  if (label == nullptr || ::strcmp(label, kLabel) != 0) return false;
  const auto* path = reinterpret_cast<const uint8_t*>(::efi_loadopt_path(option, limit));
  return path != nullptr && path_names_stage({path, ::efi_loadopt_pathlen(option, limit)});
}

bool is_usable(EfiVariable& variable) {
  auto* option = reinterpret_cast<efi_load_option*>(variable.contents.data());
  return (::efi_loadopt_attrs(option) & kLoadOptionActive) != 0 &&
         (variable.attributes & kBootVariableAttributes) == kBootVariableAttributes;
}

}  // namespace

Result<uint16_t> find_boot_entry() {
  bool inactive = false;
  efi_guid_t* guid = nullptr;
  char* name = nullptr;
  // libefivar keeps the position: a walk that is left early would go on from there the next time.
  std::optional<uint16_t> found;
  while (::efi_get_next_variable_name(&guid, &name) > 0) {
    const auto number = entry_number(name);
    const efi_guid_t global = EFI_GLOBAL_GUID;
    if (found || !number || ::efi_guid_cmp(guid, &global) != 0) continue;
    auto variable = read_whole_variable(EFI_GLOBAL_GUID, name);
    if (!variable || !is_our_entry(*variable)) continue;
    if (is_usable(*variable))
      found = number;
    else
      inactive = true;
  }
  if (found) return *found;
  if (inactive)
    return Error(Reason::kNoBootEntry, "the EFI boot entry \"nvresume\" is switched off");
  return Error(Reason::kNoBootEntry, "no EFI boot entry \"nvresume\" for ")
      .with(kStagePath)
      .with("; run nvresume setup");
}

Result<BootNext> BootNext::set_to_nvresume() {
  NVRESUME_ASSIGN(const uint16_t entry, find_boot_entry());
  const std::optional<uint16_t> previous = read_boot_next();
  // From here on every return undoes the change through the destructor.
  BootNext guard(previous.has_value(), previous.value_or(0));
  if (!write_boot_next(entry))
    return Error(Reason::kNoBootEntry, "setting BootNext: ").with(::strerror(errno));
  const std::optional<uint16_t> now = read_boot_next();
  if (!now || *now != entry)
    return Error(Reason::kNoBootEntry, "BootNext was set to ")
        .with(entry)
        .with(" but reads back differently");
  return guard;
}

BootNext::BootNext(BootNext&& other) noexcept
    : armed_(other.armed_), had_previous_(other.had_previous_), previous_(other.previous_) {
  other.armed_ = false;
}

BootNext::~BootNext() {
  if (!armed_) return;
  // Nothing can be done about a failure: the next boot then passes through our stage once, which
  // is harmless without an image.
  if (had_previous_)
    (void)write_boot_next(previous_);
  else
    (void)::efi_del_variable(EFI_GLOBAL_GUID, "BootNext");
}

}  // namespace nvresume
