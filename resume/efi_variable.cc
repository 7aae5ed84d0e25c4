// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/efi_variable.h"

#include <stdio.h>
#include <stdlib.h>

namespace nvresume {

std::optional<EfiVariable> read_whole_variable(efi_guid_t vendor, const char* name) {
  uint8_t* data = nullptr;
  size_t size_bytes = 0;
  EfiVariable variable;
  if (::efi_get_variable(vendor, name, &data, &size_bytes, &variable.attributes) < 0)
    return std::nullopt;
  variable.contents.assign(data, data + size_bytes);
  ::free(data);
  return variable;
}

std::string boot_variable(uint32_t number) {
  char name[16];
  ::snprintf(name, sizeof(name), "Boot%04X", number);
  return name;
}

}  // namespace nvresume
