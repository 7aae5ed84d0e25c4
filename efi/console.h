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
  Console(SIMPLE_TEXT_OUTPUT_INTERFACE* output, EFI_BOOT_SERVICES& boot_services)
      : output_(output), boot_services_(&boot_services) {}

  /// A whole line. One that the console cut short is printed again, within bounds.
  void print(std::string_view line);
  void print(const Line& line) { print(line.view()); }
  /// Over the progress line before; the next print() begins a line of its own.
  void progress(const Line& line);
  /// "nvresume: <what>; booting on without NVM"
  void print_without_nvm(const Error& error);

 private:
  /// False where the console did not take all of it.
  bool put(std::string_view start, std::string_view text, std::string_view end);

  SIMPLE_TEXT_OUTPUT_INTERFACE* output_;
  EFI_BOOT_SERVICES* boot_services_;
  bool in_progress_ = false;
  bool gave_up_ = false;  ///< a line could not be printed whole
};

}  // namespace nvresume::efi
