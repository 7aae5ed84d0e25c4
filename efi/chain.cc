// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/chain.h"

#include "efi/device_path.h"
#include "efi/firmware_error.h"

namespace nvresume::efi {
namespace {

Result<void*> protocol_of(EFI_BOOT_SERVICES& boot_services, EFI_HANDLE handle, EFI_GUID guid,
                          std::string_view name) {
  void* interface = nullptr;
  EFI_STATUS status = boot_services.HandleProtocol(handle, &guid, &interface);
  if (EFI_ERROR(status)) return std::move(firmware_error("HandleProtocol", status).prefix(name));
  return interface;
}

}  // namespace

Result<OwnImage> own_image(EFI_BOOT_SERVICES& boot_services, EFI_HANDLE image) {
  NVRESUME_ASSIGN(void* loaded, protocol_of(boot_services, image, EFI_LOADED_IMAGE_PROTOCOL_GUID,
                                            "the stage's own image"));
  const EFI_LOADED_IMAGE* own = static_cast<const EFI_LOADED_IMAGE*>(loaded);
  NVRESUME_ASSIGN(void* volume, protocol_of(boot_services, own->DeviceHandle,
                                            EFI_DEVICE_PATH_PROTOCOL_GUID, "the stage's volume"));
  return OwnImage{image, own, static_cast<const EFI_DEVICE_PATH*>(volume)};
}

LoaderList loaders_of(const OwnImage& own, const NvresumeConfig& config) {
  ConstBytes load_options;
  if (own.loaded->LoadOptions != nullptr)
    load_options = ConstBytes(static_cast<const uint8_t*>(own.loaded->LoadOptions),
                              own.loaded->LoadOptionsSize);
  return LoaderList(config, load_options, file_of(own.loaded->FilePath));
}

Result<Loader> load_next(EFI_BOOT_SERVICES& boot_services, const OwnImage& own,
                         const LoaderList& loaders, Console& console) {
  for (uint32_t i = 0; i < loaders.count(); ++i) {
    FullPath full = make_full_path(own.volume, loaders[i]);
    if (full.length_bytes == 0) continue;
    Loader loader{nullptr, loaders[i]};
    EFI_STATUS status = boot_services.LoadImage(
        TRUE, own.image, reinterpret_cast<EFI_DEVICE_PATH*>(full.bytes), nullptr, 0, &loader.image);
    if (status == EFI_SUCCESS) return loader;
    // Secure Boot's refusal leaves the image loaded (UEFI 2.10, 7.4 LoadImage).
    if (status == EFI_SECURITY_VIOLATION) (void)boot_services.UnloadImage(loader.image);
    if (status == EFI_NOT_FOUND && !loaders.named(i)) continue;
    console.print(Line("nvresume: cannot load ")
                      .path(loaders[i].text)
                      .text(": ")
                      .text(firmware_error("LoadImage", status).text())
                      .text("; trying the next place"));
  }
  return Error(Reason::kLoaderMissing,
               "no boot loader was found on the stage's volume (nvresume setup names one)");
}

EFI_STATUS start(EFI_BOOT_SERVICES& boot_services, const Loader& loader) {
  UINTN exit_data_bytes = 0;
  CHAR16* exit_data = nullptr;
  EFI_STATUS status = boot_services.StartImage(loader.image, &exit_data_bytes, &exit_data);
  if (exit_data != nullptr) (void)boot_services.FreePool(exit_data);  // nothing to do if it fails
  return status;
}

}  // namespace nvresume::efi
