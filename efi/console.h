// SPDX-License-Identifier: GPL-2.0-or-later
// console.h: lines on the firmware's console. On serial consoles their arrival is what measurements
// are taken from.
#pragma once

#include <string_view>

#include "efi/line.h"
#include "efi/uefi.h"
#include "image/result.h"

namespace nvresume::efi {

class Console {
 public:
  /// `output` may be null: a machine without a console.
  explicit Console(SIMPLE_TEXT_OUTPUT_INTERFACE* output) : output_(output) {}

  void print(std::string_view line);
  void print(const Line& line) { print(line.view()); }
  /// Over the progress line before; the next print() begins a line of its own.
  void progress(const Line& line);
  /// "nvresume: <what>; booting on without NVM"
  void print_without_nvm(const Error& error);

 private:
  void put(std::string_view text, std::string_view end);

  bool in_progress_ = false;
  SIMPLE_TEXT_OUTPUT_INTERFACE* output_;
};

}  // namespace nvresume::efi
