// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/boot_again.h"

#include "efi/firmware_error.h"
#include "efi/variable_name.h"

namespace nvresume::efi {
namespace {

// UEFI 2.10, 3.3 Globally Defined Variables.
constexpr EFI_GUID kGlobalVariable = EFI_GLOBAL_VARIABLE;
constexpr UINT32 kBootAttributes =
    EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
constexpr UINTN kEntriesMaximum = 256;  ///< in BootOrder; chosen

/// The first 16-bit number of a boot variable.
Result<uint16_t> first_entry(EFI_RUNTIME_SERVICES& runtime, std::string_view ascii) {
  VariableName name(ascii);
  EFI_GUID vendor = kGlobalVariable;
  uint16_t entries[kEntriesMaximum] = {};
  UINTN size_bytes = sizeof entries;
  UINT32 attributes = 0;
  const EFI_STATUS status =
      runtime.GetVariable(name.text, &vendor, &attributes, &size_bytes, entries);
  if (EFI_ERROR(status)) return firmware_error("reading the boot order", status);
  if (size_bytes < sizeof entries[0])
    return Error(Reason::kUnsupportedFirmware, "the boot order is empty");
  return entries[0];
}

}  // namespace

Result<bool> boot_here_again(EFI_RUNTIME_SERVICES& runtime) {
  NVRESUME_ASSIGN(uint16_t current, first_entry(runtime, "BootCurrent"));
  NVRESUME_ASSIGN(const uint16_t first, first_entry(runtime, "BootOrder"));
  if (first == current) return false;
  VariableName name("BootNext");
  EFI_GUID vendor = kGlobalVariable;
  const EFI_STATUS status =
      runtime.SetVariable(name.text, &vendor, kBootAttributes, sizeof current, &current);
  if (EFI_ERROR(status)) return firmware_error("setting BootNext", status);
  return true;
}

}  // namespace nvresume::efi
