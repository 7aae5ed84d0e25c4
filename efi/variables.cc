// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/variables.h"

#include <string.h>

#include "efi/firmware_error.h"
#include "efi/variable_name.h"

namespace nvresume::efi {
namespace {

EFI_GUID vendor_guid() {
  EFI_GUID guid;
  static_assert(sizeof guid == sizeof kVendorGuid);
  memcpy(&guid, kVendorGuid, sizeof guid);
  return guid;
}

EFI_STATUS get(EFI_RUNTIME_SERVICES& runtime, std::string_view name, UINT32& attributes,
               UINTN& size_bytes, void* data) {
  VariableName wide(name);
  EFI_GUID guid = vendor_guid();
  return runtime.GetVariable(wide.text, &guid, &attributes, &size_bytes, data);
}

EFI_STATUS set(EFI_RUNTIME_SERVICES& runtime, std::string_view name, UINT32 attributes,
               UINTN size_bytes, const void* data) {
  VariableName wide(name);
  EFI_GUID guid = vendor_guid();
  return runtime.SetVariable(wide.text, &guid, attributes, size_bytes, const_cast<void*>(data));
}

}  // namespace

NvresumeConfig default_config() {
  NvresumeConfig config{};
  config.version = 1;
  config.size_bytes = sizeof config;
  config.mode = static_cast<uint32_t>(RangeMode::kAuto);
  config.factor_percent = kFactorPercentDefault;
  config.direct = static_cast<uint32_t>(DirectMode::kOff);
  return config;
}

Result<NvresumeConfig> Variables::read_config() {
  NvresumeConfig config{};
  UINT32 attributes = 0;
  UINTN size_bytes = sizeof config;
  EFI_STATUS status = get(*runtime_, kConfigName, attributes, size_bytes, &config);
  if (EFI_ERROR(status)) return firmware_error("reading NvresumeConfig", status);
  NVRESUME_TRY(check_config(ConstBytes(reinterpret_cast<const uint8_t*>(&config), size_bytes)));
  return config;
}

bool Variables::published_in_this_boot() {
  UINT32 attributes = 0;
  NvresumeRange range;
  UINTN size_bytes = sizeof range;
  EFI_STATUS status = get(*runtime_, kRangeName, attributes, size_bytes, &range);
  return status == EFI_SUCCESS && attributes == kRangeAttributes;
}

Status Variables::publish(const NvresumeRange& range) {
  withdraw();
  EFI_STATUS status = set(*runtime_, kRangeName, kRangeAttributes, sizeof range, &range);
  if (EFI_ERROR(status)) return firmware_error("publishing NvresumeRange", status);
  Status same = compare_published(range);
  // Better none than a wrong one: who reads it would take another range's memory.
  if (!same.ok()) withdraw();
  return same;
}

Status Variables::compare_published(const NvresumeRange& range) {
  NvresumeRange back{};
  UINT32 attributes = 0;
  UINTN size_bytes = sizeof back;
  const EFI_STATUS status = get(*runtime_, kRangeName, attributes, size_bytes, &back);
  if (EFI_ERROR(status)) return firmware_error("reading NvresumeRange back", status);
  if (attributes != kRangeAttributes || size_bytes != sizeof range ||
      memcmp(&back, &range, sizeof range) != 0)
    return Error(Reason::kUnsupportedFirmware, "NvresumeRange reads back differently");
  return ok_status();
}

void Variables::withdraw() {
  // Usually there is nothing to delete; if something stays, publish() sees it in the read-back.
  (void)set(*runtime_, kRangeName, 0, 0, nullptr);
}

}  // namespace nvresume::efi
