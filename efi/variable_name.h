// SPDX-License-Identifier: GPL-2.0-or-later
// variable_name.h: a variable's name as firmware wants it.
#pragma once

#include <stdint.h>

#include <string_view>

#include "efi/uefi.h"

namespace nvresume::efi {

struct VariableName {
  explicit VariableName(std::string_view ascii) {
    for (uint32_t i = 0; i < ascii.size() && i + 1 < sizeof text / sizeof text[0]; ++i)
      text[i] = static_cast<CHAR16>(ascii[i]);
  }
  CHAR16 text[32] = {};
};

}  // namespace nvresume::efi
