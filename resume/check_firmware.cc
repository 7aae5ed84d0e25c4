// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/check_firmware.h"

#include "resume/efi_variable.h"

namespace nvresume {
namespace {

std::vector<uint8_t> read_global(const char* name) {
  auto variable = read_whole_variable(EFI_GLOBAL_GUID, name);
  return variable ? std::move(variable->contents) : std::vector<uint8_t>();
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
