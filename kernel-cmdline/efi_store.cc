// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/efi_store.h"

#include <errno.h>
#include <string.h>

#include <algorithm>

#include "image/efi_variables.h"
#include "kernel-cmdline/change_gate.h"
#include "resume/efi_variable.h"
#include "resume/system_error.h"

namespace nvresume {
namespace {

constexpr mode_t kVariableMode = 0644;

efi_guid_t guid_of(EfiVendor vendor) {
  if (vendor == EfiVendor::kGlobal) return EFI_GLOBAL_GUID;
  efi_guid_t guid;
  static_assert(sizeof(guid) == sizeof(kVendorGuid));
  ::memcpy(&guid, kVendorGuid, sizeof(guid));
  return guid;
}

std::optional<EfiVariable> read_whole(EfiVendor vendor, const std::string& name) {
  return read_whole_variable(guid_of(vendor), name.c_str());
}

}  // namespace

bool are_efi_variables_there() { return ::efi_variables_supported() != 0; }

std::optional<std::vector<uint8_t>> read_efi_variable(EfiVendor vendor, const std::string& name) {
  auto variable = read_whole(vendor, name);
  if (!variable) return std::nullopt;
  return std::move(variable->contents);
}

Result<bool> has_efi_variable(EfiVendor vendor, const std::string& name) {
  size_t size_bytes = 0;
  if (::efi_get_variable_size(guid_of(vendor), name.c_str(), &size_bytes) == 0) return true;
  if (errno == ENOENT) return false;
  return system_error(Reason::kIoError, "reading EFI variable", name);
}

Result<bool> ensure_efi_variable(EfiVendor vendor, const std::string& name, ConstBytes contents) {
  const auto holds = [&](const std::optional<EfiVariable>& now) {
    return now && std::ranges::equal(now->contents, contents);
  };
  NVRESUME_ASSIGN(const bool exists, has_efi_variable(vendor, name));
  const auto before = read_whole(vendor, name);
  if (exists && !before) return system_error(Reason::kIoError, "reading EFI variable", name);
  if (holds(before)) return false;
  // kConfigAttributes are also what UEFI 2.10, 3.3 wants of Boot#### and BootOrder.
  const uint32_t attributes = before ? before->attributes : kConfigAttributes;
  NVRESUME_TRY(before_change());
  if (::efi_set_variable(guid_of(vendor), name.c_str(), const_cast<uint8_t*>(contents.data()),
                         contents.size(), attributes, kVariableMode) < 0)
    return system_error(Reason::kIoError, "writing EFI variable", name);
  if (!holds(read_whole(vendor, name)))
    return Error(Reason::kIoError, "EFI variable ").with(name).with(" reads back differently");
  return true;
}

Status remove_efi_variable(EfiVendor vendor, const std::string& name) {
  if (!read_whole(vendor, name)) return ok_status();
  NVRESUME_TRY(before_change());
  if (::efi_del_variable(guid_of(vendor), name.c_str()) < 0)
    return system_error(Reason::kIoError, "deleting EFI variable", name);
  if (read_whole(vendor, name))
    return Error(Reason::kIoError, "EFI variable ").with(name).with(" is still there");
  return ok_status();
}

std::vector<std::string> list_efi_variables(EfiVendor vendor) {
  std::vector<std::string> names;
  const efi_guid_t wanted = guid_of(vendor);
  efi_guid_t* guid = nullptr;
  char* name = nullptr;
  // To the end always: libefivar keeps the position, and the next walk would go on from there.
  while (::efi_get_next_variable_name(&guid, &name) > 0)
    if (::efi_guid_cmp(guid, &wanted) == 0) names.emplace_back(name);
  std::erase_if(names, [&](const std::string& one) {
    const auto variable = read_whole(vendor, one);
    return !variable || (variable->attributes & kVariableNonVolatile) == 0;
  });
  std::ranges::sort(names);
  return names;
}

}  // namespace nvresume
