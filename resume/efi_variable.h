// SPDX-License-Identifier: GPL-2.0-or-later
// efi_variable.h: an EFI variable read whole, through libefivar.
#pragma once

extern "C" {
#include <efivar/efivar.h>
}
#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

namespace nvresume {

struct EfiVariable {
  std::vector<uint8_t> contents;
  uint32_t attributes = 0;
};

/// Nothing where it does not exist or cannot be read; errno says which.
std::optional<EfiVariable> read_whole_variable(efi_guid_t vendor, const char* name);

/// "Boot0005" (UEFI 2.10, 3.1.4).
std::string boot_variable(uint32_t number);

}  // namespace nvresume
