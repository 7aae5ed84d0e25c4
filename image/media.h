// SPDX-License-Identifier: GPL-2.0-or-later
// media.h: the few helpers every structure of docs/format.md shares. Reserved bytes are zero until
// a version gives them a meaning.
#pragma once

#include "image/nvm.h"

namespace nvresume {

bool is_zero(ConstBytes bytes);

/// The bytes of a structure as they lie on the medium.
template <typename T>
ConstBytes bytes_of(const T& structure) {
  return {reinterpret_cast<const uint8_t*>(&structure), sizeof(T)};
}

/// Whether a fixed text field ends inside itself.
template <size_t kBytes>
bool is_terminated(const char (&text)[kBytes]) {
  return text[kBytes - 1] == 0;
}

/// `bytes` rounded up to whole blocks. `bytes` is far below 2^64.
constexpr uint64_t whole_blocks(uint64_t bytes) {
  return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

}  // namespace nvresume
