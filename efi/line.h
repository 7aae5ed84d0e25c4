// SPDX-License-Identifier: GPL-2.0-or-later
// line.h: builds one line of text without heap or libc. What does not fit is cut.
#pragma once

#include <stdint.h>

#include <string_view>

namespace nvresume::efi {

class Line {
 public:
  Line() = default;
  explicit Line(std::string_view start) { text(start); }

  Line& text(std::string_view piece);
  Line& number(uint64_t value, uint32_t width = 1);  ///< zero-padded to width
  Line& hex(uint64_t value);                         ///< as 0x…
  Line& seconds(uint64_t duration_ns);               ///< "1.04 s"
  Line& utc(uint64_t unix_s);                        ///< "2026-11-21 22:09:33 UTC"
  Line& path(const uint16_t* ucs2);                  ///< zero-terminated; non-ASCII becomes '?'

  std::string_view view() const { return {text_, length_}; }

  // Longest: a prefix of this program around an Error's text (image/result.h: 320).
  static constexpr uint32_t kCapacity = 480;

 private:
  void append(char character);

  char text_[kCapacity] = {};
  uint32_t length_ = 0;
};

/// A fixed-size, possibly unterminated field as text.
template <uint32_t N>
std::string_view field_text(const char (&field)[N]) {
  uint32_t length = 0;
  while (length < N && field[length] != '\0') ++length;
  return {field, length};
}

}  // namespace nvresume::efi
