// SPDX-License-Identifier: GPL-2.0-or-later
// boot_next.h: makes the next power-on start our boot entry, once.
#pragma once

#include <stdint.h>

#include "image/result.h"

namespace nvresume {

/// Sets BootNext to the nvresume entry and reads it back. Destroyed, it puts the previous BootNext
/// (or its absence) back: a save leaves the boot order as it was, an aborted one and, in the world
/// that came back, one that the stage set once more (efi/boot_again.h).
class BootNext {
 public:
  static Result<BootNext> set_to_nvresume();
  BootNext(BootNext&& other) noexcept;
  BootNext& operator=(BootNext&&) = delete;
  ~BootNext();

 private:
  BootNext(bool had_previous, uint16_t previous)
      : armed_(true), had_previous_(had_previous), previous_(previous) {}
  bool armed_;
  bool had_previous_;
  uint16_t previous_;
};

/// Number of the Boot#### variable whose label is "nvresume" and whose path is our ESP file.
/// Error: kNoBootEntry.
Result<uint16_t> find_boot_entry();

}  // namespace nvresume
