// SPDX-License-Identifier: GPL-2.0-or-later
// efi_store.h: reading and writing EFI variables through libefivar.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

enum class EfiVendor : uint8_t { kGlobal, kNvresume };

/// Whether this boot shows any.
bool are_efi_variables_there();
/// The contents; nothing where the variable does not exist or cannot be read.
std::optional<std::vector<uint8_t>> read_efi_variable(EfiVendor vendor, const std::string& name);
/// What cannot be read is not absent: nothing may be written in its place. Error: kIoError.
Result<bool> has_efi_variable(EfiVendor vendor, const std::string& name);
/// Reads it back. An existing variable keeps its attributes (firmware refuses others), a new one
/// gets non-volatile, boot-service and run-time access. True: it was written, false: it already
/// held exactly that (flash wears, and setup may run often). Error: kIoError.
Result<bool> ensure_efi_variable(EfiVendor vendor, const std::string& name, ConstBytes contents);
/// Ok where there is none.
Status remove_efi_variable(EfiVendor vendor, const std::string& name);
/// Names of a vendor's variables that survive a power-off, sorted.
std::vector<std::string> list_efi_variables(EfiVendor vendor);

}  // namespace nvresume
