// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/leave_firmware.h"

#include <gtest/gtest.h>

#include <vector>

namespace nvresume::efi {
namespace {

/// What firmware answers, in order, and what it was asked.
struct Firmware {
  std::vector<EFI_STATUS> exits;
  EFI_STATUS addresses = EFI_SUCCESS;
  std::vector<UINTN> keys;
  UINTN map_bytes = 0;
};
Firmware firmware;

EFI_STATUS EFIAPI get_memory_map(UINTN*, EFI_MEMORY_DESCRIPTOR*, UINTN* key, UINTN*, UINT32*) {
  *key = 100 + firmware.keys.size();
  return EFI_SUCCESS;
}

EFI_STATUS EFIAPI exit_boot_services(EFI_HANDLE, UINTN key) {
  firmware.keys.push_back(key);
  return firmware.exits.at(firmware.keys.size() - 1);
}

EFI_STATUS EFIAPI set_virtual_address_map(UINTN bytes, UINTN, UINT32, EFI_MEMORY_DESCRIPTOR*) {
  firmware.map_bytes = bytes;
  return firmware.addresses;
}

class LeaveFirmware : public testing::Test {
 protected:
  LeaveFirmware() {
    firmware = {};
    boot_services_.GetMemoryMap = get_memory_map;
    boot_services_.ExitBootServices = exit_boot_services;
    runtime_services_.SetVirtualAddressMap = set_virtual_address_map;
    system_.BootServices = &boot_services_;
    system_.RuntimeServices = &runtime_services_;
    way_.system = &system_;
    way_.virtual_map = descriptors_;
    way_.map_buffer = buffer_;
  }

  EFI_BOOT_SERVICES boot_services_{};
  EFI_RUNTIME_SERVICES runtime_services_{};
  EFI_SYSTEM_TABLE system_{};
  EFI_MEMORY_DESCRIPTOR descriptors_[3] = {};
  uint8_t buffer_[256] = {};
  HandOver way_{};
};

TEST_F(LeaveFirmware, AMapThatChangedMeanwhileIsTakenOnceMore) {
  firmware.exits = {EFI_INVALID_PARAMETER, EFI_SUCCESS};
  EXPECT_TRUE(leave_firmware(way_).ok());
  EXPECT_EQ(firmware.keys, (std::vector<UINTN>{100, 101}));
  EXPECT_EQ(firmware.map_bytes, sizeof(descriptors_));
}

TEST_F(LeaveFirmware, FirmwareThatDoesNotLetGoIsNotAskedForMore) {
  firmware.exits = {EFI_INVALID_PARAMETER, EFI_INVALID_PARAMETER};
  const Status left = leave_firmware(way_);
  ASSERT_FALSE(left.ok());
  EXPECT_EQ(left.error().reason(), Reason::kHandOverFailed);
  EXPECT_EQ(firmware.map_bytes, 0u);
}

/// Nothing of the image has run by then: whoever asked can take the consume back.
TEST_F(LeaveFirmware, FirmwareThatDoesNotTakeTheAddressesIsNoReasonToLoseTheImage) {
  firmware.exits = {EFI_SUCCESS};
  firmware.addresses = EFI_INVALID_PARAMETER;
  const Status left = leave_firmware(way_);
  ASSERT_FALSE(left.ok());
  EXPECT_EQ(left.error().reason(), Reason::kHandOverFailed);
  EXPECT_NE(left.error().text().find("SetVirtualAddressMap"), std::string_view::npos);
}

}  // namespace
}  // namespace nvresume::efi
