// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/boot_counter.h"

#include "efi/loaded_linux.h"
#include "efi/physical_nvm.h"

namespace nvresume::efi {
namespace {

/// The map of the moment boot services end, when nothing may be allocated any more. Part of the
/// stage's image: it changes no map, and is gone with it. Room for 2000 entries; a server's map has
/// some hundred. A larger one only makes the ticket strict.
alignas(EFI_MEMORY_DESCRIPTOR) uint8_t map_buffer[96 * 1024];

}  // namespace

void BootCounter::arm() {
  if (image_bytes_ == 0) return;
  // The lower of the two levels such events may have: others' handlers have nothing to wait for.
  const EFI_STATUS status = boot_services_->CreateEvent(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_CALLBACK,
                                                        end_of_boot_services, this, &event_);
  if (!EFI_ERROR(status)) return;
  event_ = nullptr;
  count(Counted::kAsBoot);
}

void BootCounter::finish() {
  if (event_ != nullptr) (void)boot_services_->CloseEvent(event_);  // nothing to do if it fails
  event_ = nullptr;
  if (counted_ != Counted::kAsBoot) count(Counted::kAsBoot);
}

/// Nothing may be allocated in here or printed: the map is the kernel's already, consoles may be
/// shut down. Firmware that lets ExitBootServices be tried twice may call twice.
void EFIAPI BootCounter::end_of_boot_services(EFI_EVENT, VOID* self) {
  BootCounter& counter = *static_cast<BootCounter*>(self);
  if (counter.counted_ != Counted::kNot) return;
  counter.count(counter.starts_our_initramfs() ? Counted::kAsAttempt : Counted::kAsBoot);
}

/// Where the count cannot be written nobody can be told; the restore misses it and refuses.
void BootCounter::count(Counted as) {
  if (image_bytes_ == 0) return;
  PhysicalNvm image(range_base_, image_bytes_);
  Result<ImageArea> area = ImageArea::open(image);
  if (!area.ok()) return;
  if (area->state() != State::kCommitted) as = Counted::kAsBoot;
  counted_ = as;
  (void)(as == Counted::kAsAttempt ? area->count_boot_and_attempt() : area->count_boot());
}

bool BootCounter::starts_our_initramfs() const {
  if (!initramfs_.has_value()) return false;
  UINTN bytes = sizeof map_buffer, key = 0, stride_bytes = 0;
  UINT32 version = 0;
  const EFI_STATUS status = boot_services_->GetMemoryMap(
      &bytes, reinterpret_cast<EFI_MEMORY_DESCRIPTOR*>(map_buffer), &key, &stride_bytes, &version);
  if (EFI_ERROR(status)) return false;
  return starts_initramfs({map_buffer, bytes / stride_bytes, stride_bytes}, *initramfs_);
}

}  // namespace nvresume::efi
