// SPDX-License-Identifier: GPL-2.0-or-later
// boot_counter.h: counts this boot in the superblock (image/ticket.h) when boot services end. No
// operating system runs before that, so a power cut in the stage or in a loader leaves the ticket
// as it was. A boot that will restore or drop the waiting image counts as an attempt at the same
// time: cut anywhere up to the consume, it resumes at the next boot.
#pragma once

#include <optional>

#include "efi/uefi.h"
#include "image/image_area.h"
#include "image/metadata.h"

namespace nvresume::efi {

class BootCounter {
 public:
  explicit BootCounter(EFI_BOOT_SERVICES& boot_services) : boot_services_(&boot_services) {}
  BootCounter(const BootCounter&) = delete;
  BootCounter& operator=(const BootCounter&) = delete;

  /// From here on this boot is counted in that range, whatever comes of it.
  void count_in(uint64_t range_base, uint64_t image_bytes) {
    range_base_ = range_base;
    image_bytes_ = image_bytes;
  }
  /// The initramfs that the waiting image's save found: a boot with it is an attempt.
  void expect(const BootInitramfs& initramfs) { initramfs_ = initramfs; }
  /// Before a loader starts. Counts at once where firmware has no event to give.
  void arm();
  /// Control goes back to firmware, which boots something else: counted at once, again
  /// where a loader's vain try to end boot services counted an attempt.
  void finish();

 private:
  static void EFIAPI end_of_boot_services(EFI_EVENT event, VOID* self);
  enum class Counted : uint8_t { kNot, kAsBoot, kAsAttempt };
  void count(Counted as);
  bool starts_our_initramfs() const;

  EFI_BOOT_SERVICES* boot_services_;
  EFI_EVENT event_ = nullptr;
  Counted counted_ = Counted::kNot;
  uint64_t range_base_ = 0;
  uint64_t image_bytes_ = 0;  ///< 0: there is nothing to count in
  std::optional<BootInitramfs> initramfs_;
};

}  // namespace nvresume::efi
