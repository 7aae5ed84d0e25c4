// SPDX-License-Identifier: GPL-2.0-or-later
// change_gate.h: every change that setup and remove make to disk, firmware or NVM asks here first,
// so that a test can cut the power between any two of them.
#pragma once

#include <stdint.h>

#include "image/result.h"

namespace nvresume {

/// Error: kIoError where a test has cut the power; the caller then changes nothing.
Status before_change();

/// Tests only: while it lives, every change after the first `change_count` fails.
class ScopedPowerCut {
 public:
  explicit ScopedPowerCut(uint64_t change_count);
  ~ScopedPowerCut();
  ScopedPowerCut(const ScopedPowerCut&) = delete;
  ScopedPowerCut& operator=(const ScopedPowerCut&) = delete;
  bool happened() const;
};

}  // namespace nvresume
