// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/json_writer.h"

#include <stdio.h>

namespace nvresume {

void JsonWriter::put_string(std::string_view text) {
  text_ += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escaped[8];
      ::snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
      text_ += escaped;
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

void JsonWriter::begin(std::string_view key) {
  if (!first_) text_ += ',';
  first_ = false;
  if (key.empty()) return;
  put_string(key);
  text_ += ':';
}

void JsonWriter::open(std::string_view key, char bracket) {
  begin(key);
  text_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonWriter::add(std::string_view key, std::string_view text) {
  begin(key);
  put_string(text);
}

void JsonWriter::add(std::string_view key, uint64_t number) {
  begin(key);
  text_ += std::to_string(number);
}

void JsonWriter::add(std::string_view key, double number) {
  begin(key);
  char digits[40];
  ::snprintf(digits, sizeof(digits), "%.6f", number);
  text_ += digits;
}

void JsonWriter::add(std::string_view key, bool value) {
  begin(key);
  text_ += value ? "true" : "false";
}

}  // namespace nvresume
