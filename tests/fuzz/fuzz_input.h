// SPDX-License-Identifier: GPL-2.0-or-later
// fuzz_input.h: fixed structures cut from a fuzzer's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tests/fake_nvm.h"

namespace nvresume {

class FuzzInput {
 public:
  FuzzInput(const uint8_t* data, size_t size) : rest_(data, size) {}

  /// The next bytes as a T; zeros where the input ends.
  template <typename T>
  T take() {
    T result{};
    take_into({reinterpret_cast<uint8_t*>(&result), sizeof(result)});
    return result;
  }
  void take_into(Bytes out) {
    const size_t count = rest_.size() < out.size() ? rest_.size() : out.size();
    if (count != 0) memcpy(out.data(), rest_.data(), count);
    rest_ = rest_.subspan(count);
  }
  ConstBytes rest() const { return rest_; }

 private:
  ConstBytes rest_;
};

/// Ends the run where a rule that must hold does not.
inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace nvresume
