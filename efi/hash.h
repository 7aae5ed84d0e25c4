// SPDX-License-Identifier: GPL-2.0-or-later
// hash.h: one number over many pieces, order and lengths included.
#pragma once

#include <stdint.h>

#include "image/codec.h"
#include "image/media.h"

namespace nvresume::efi {

class Hash {
 public:
  void add(ConstBytes piece) {
    const uint64_t link[3] = {value_, piece.size(), checksum_of(piece)};
    value_ = checksum_of({reinterpret_cast<const uint8_t*>(link), sizeof link});
  }
  void add_number(uint64_t number) { add(bytes_of(number)); }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

}  // namespace nvresume::efi
