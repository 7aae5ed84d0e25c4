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

/// The contents; nothing where the variable does not exist or cannot be read.
std::optional<std::vector<uint8_t>> read_efi_variable(EfiVendor vendor, const std::string& name);
/// Non-volatile, boot-service and run-time access; reads it back. True: it was written, false: it
/// already held exactly that (flash wears, and setup may run often). Error: kIoError.
Result<bool> ensure_efi_variable(EfiVendor vendor, const std::string& name, ConstBytes contents);

}  // namespace nvresume
