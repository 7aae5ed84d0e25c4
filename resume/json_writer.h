// SPDX-License-Identifier: GPL-2.0-or-later
// json_writer.h: JSON text, member by member. The caller opens and closes in pairs.
#pragma once

#include <stdint.h>

#include <string>
#include <string_view>

namespace nvresume {

class JsonWriter {
 public:
  /// `key` is empty inside an array and for the outermost value.
  void open_object(std::string_view key = {}) { open(key, '{'); }
  void close_object() { close('}'); }
  void open_array(std::string_view key) { open(key, '['); }
  void close_array() { close(']'); }
  void add(std::string_view key, std::string_view text);
  void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
  void add(std::string_view key, uint64_t number);
  void add(std::string_view key, uint32_t number) { add(key, uint64_t{number}); }
  void add(std::string_view key, double number);
  void add(std::string_view key, bool value);
  const std::string& text() const { return text_; }

 private:
  void begin(std::string_view key);
  void open(std::string_view key, char bracket);
  void close(char bracket);
  void put_string(std::string_view text);

  std::string text_;
  bool first_ = true;
};

}  // namespace nvresume
