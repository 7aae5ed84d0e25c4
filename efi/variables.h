// SPDX-License-Identifier: GPL-2.0-or-later
// variables.h: the stage's side of NvresumeConfig and NvresumeRange.
#pragma once

#include "efi/uefi.h"
#include "image/efi_variables.h"
#include "image/result.h"

namespace nvresume::efi {

/// What holds without setup's variable: only a range with our superblock, factor 2, no loader
/// named.
NvresumeConfig default_config();

class Variables {
 public:
  explicit Variables(EFI_RUNTIME_SERVICES& runtime) : runtime_(&runtime) {}

  /// Errors: kUnsupportedFirmware (not there, unreadable), kBadArgument (not what setup writes).
  Result<NvresumeConfig> read_config();

  /// Whether a stage already published in this boot. Volatile variables end with the boot; one of
  /// that name that is not volatile is a leftover of something else and does not count.
  bool published_in_this_boot();

  /// Deletes what is there, writes, reads back and compares. Error: kUnsupportedFirmware; then
  /// nothing is published.
  Status publish(const NvresumeRange& range);
  /// Control returns to firmware: what was published no longer holds.
  void withdraw();

 private:
  Status compare_published(const NvresumeRange& range);

  EFI_RUNTIME_SERVICES* runtime_;
};

}  // namespace nvresume::efi
