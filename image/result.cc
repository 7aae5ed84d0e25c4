// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/result.h"

#include <string.h>

namespace nvresume {

void Error::append(std::string_view text) {
  const uint32_t room = kCapacity - length_;
  const uint32_t count = text.size() < room ? static_cast<uint32_t>(text.size()) : room;
  memcpy(text_ + length_, text.data(), count);
  length_ += count;
}

Error& Error::with(uint64_t number) {
  char digits[20];  // 2^64 has 20 decimal digits
  uint32_t start = sizeof(digits);
  do {
    digits[--start] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  append(std::string_view(digits + start, sizeof(digits) - start));
  return *this;
}

Error& Error::with_hex(uint64_t number) {
  char digits[16];
  uint32_t start = sizeof(digits);
  do {
    digits[--start] = "0123456789abcdef"[number % 16];
    number /= 16;
  } while (number != 0);
  append("0x");
  append(std::string_view(digits + start, sizeof(digits) - start));
  return *this;
}

Error& Error::prefix(std::string_view context) {
  // An error without a text of its own keeps its sentence behind the context.
  const Error inner = *this;
  length_ = 0;
  append(context);
  append(": ");
  append(inner.text());
  return *this;
}

}  // namespace nvresume
