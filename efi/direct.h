// SPDX-License-Identifier: GPL-2.0-or-later
// direct.h: from the stage straight into the saved kernel (docs/direct-resume.md).
#pragma once

#include "efi/console.h"
#include "efi/uefi.h"
#include "efi/variables.h"
#include "image/fingerprint.h"

namespace nvresume::efi {

struct DirectStart {
  EFI_HANDLE image;
  EFI_SYSTEM_TABLE* system;
  Console* console;
  Variables* variables;
  const NvresumeConfig* config;
  const Fingerprint* fingerprint;  ///< of this boot
  NvresumeRange range;             ///< as it is to be published for the resumed world
  uint64_t entry_ticks;
  uint64_t ticks_per_ms;
};

/// REQUIRES: the stage has found a whole image that waits. Returns only where it did not resume,
/// with everything as it was before: the next loader's initramfs restores the same image.
Error resume_directly(const DirectStart& start);

}  // namespace nvresume::efi
