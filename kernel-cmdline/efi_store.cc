// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/efi_store.h"

extern "C" {
#include <efivar/efivar.h>
}
#include <stdlib.h>
#include <string.h>

#include <algorithm>

#include "image/efi_variables.h"
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

}  // namespace

std::optional<std::vector<uint8_t>> read_efi_variable(EfiVendor vendor, const std::string& name) {
  uint8_t* data = nullptr;
  size_t size_bytes = 0;
  uint32_t attributes = 0;
  if (::efi_get_variable(guid_of(vendor), name.c_str(), &data, &size_bytes, &attributes) < 0)
    return std::nullopt;
  std::vector<uint8_t> contents(data, data + size_bytes);
  ::free(data);
  return contents;
}

Result<bool> ensure_efi_variable(EfiVendor vendor, const std::string& name, ConstBytes contents) {
  const auto holds = [&] {
    const auto now = read_efi_variable(vendor, name);
    return now && std::ranges::equal(*now, contents);
  };
  if (holds()) return false;
  // kConfigAttributes are also what UEFI 2.10, 3.3 wants of Boot#### and BootOrder.
  if (::efi_set_variable(guid_of(vendor), name.c_str(), const_cast<uint8_t*>(contents.data()),
                         contents.size(), kConfigAttributes, kVariableMode) < 0)
    return system_error(Reason::kIoError, "writing EFI variable", name);
  if (!holds())
    return Error(Reason::kIoError, "EFI variable ").with(name).with(" reads back differently");
  return true;
}

}  // namespace nvresume
