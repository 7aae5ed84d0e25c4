// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/media.h"

namespace nvresume {

bool is_zero(ConstBytes bytes) {
  for (const uint8_t byte : bytes) {
    if (byte != 0) return false;
  }
  return true;
}

}  // namespace nvresume
