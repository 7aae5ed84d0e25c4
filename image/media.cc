// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/media.h"

#include <string.h>

namespace nvresume {

bool is_zero(ConstBytes bytes) {
  // By words: most of a superblock is reserved, and every reader checks that.
  for (; bytes.size() >= sizeof(uint64_t); bytes = bytes.subspan(sizeof(uint64_t))) {
    uint64_t word;
    memcpy(&word, bytes.data(), sizeof(word));
    if (word != 0) return false;
  }
  for (const uint8_t byte : bytes) {
    if (byte != 0) return false;
  }
  return true;
}

}  // namespace nvresume
