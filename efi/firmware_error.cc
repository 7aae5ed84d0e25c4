// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/firmware_error.h"

namespace nvresume::efi {

std::string_view status_text(EFI_STATUS status) {
  switch (status) {
    case EFI_SUCCESS:
      return "success";
    case EFI_LOAD_ERROR:
      return "load error";
    case EFI_INVALID_PARAMETER:
      return "invalid parameter";
    case EFI_UNSUPPORTED:
      return "unsupported";
    case EFI_BUFFER_TOO_SMALL:
      return "buffer too small";
    case EFI_DEVICE_ERROR:
      return "device error";
    case EFI_WRITE_PROTECTED:
      return "write protected";
    case EFI_OUT_OF_RESOURCES:
      return "out of resources";
    case EFI_NOT_FOUND:
      return "not found";
    case EFI_ACCESS_DENIED:
      return "access denied";
    case EFI_SECURITY_VIOLATION:
      return "refused by Secure Boot";
    case EFI_ABORTED:
      return "aborted";
    default:
      return "";
  }
}

Error firmware_error(std::string_view call, EFI_STATUS status) {
  Error error(Reason::kUnsupportedFirmware);
  error.with(call).with(" failed: ").with(status_text(status));
  return std::move(error.with(" (").with_hex(status).with(")"));
}

}  // namespace nvresume::efi
