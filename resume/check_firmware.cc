// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_firmware.h"

extern "C" {
#include <efivar/efivar.h>
}
#include <stdlib.h>

namespace nvresume {
namespace {

std::vector<uint8_t> read_global(const char* name) {
  uint8_t* data = nullptr;
  size_t size_bytes = 0;
  uint32_t attributes = 0;
  if (::efi_get_variable(EFI_GLOBAL_GUID, name, &data, &size_bytes, &attributes) < 0) return {};
  std::vector<uint8_t> contents(data, data + size_bytes);
  ::free(data);
  return contents;
}

}  // namespace

std::vector<uint16_t> read_boot_order() {
  const std::vector<uint8_t> bytes = read_global("BootOrder");
  std::vector<uint16_t> order;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2)
    order.push_back(static_cast<uint16_t>(bytes[i] | bytes[i + 1] << 8));
  return order;
}

bool is_secure_boot_on() {
  const std::vector<uint8_t> value = read_global("SecureBoot");
  return value.size() == 1 && value[0] == 1;
}

}  // namespace nvresume
