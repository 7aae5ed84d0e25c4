// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/console.h"

namespace nvresume::efi {

void Console::put(std::string_view text) {
  if (output_ == nullptr) return;
  // In pieces: one call a character is slow on serial consoles, one large buffer eats stack.
  CHAR16 piece[64];
  uint32_t count = 0;
  for (char character : text) {
    piece[count++] = static_cast<CHAR16>(character);
    if (count < 63 && character != '\n') continue;
    piece[count] = 0;
    (void)output_->OutputString(output_, piece);  // a console that fails is not worth a boot
    count = 0;
  }
  piece[count] = 0;
  if (count > 0) (void)output_->OutputString(output_, piece);
}

void Console::print(std::string_view line) {
  if (in_progress_) put("\r\n");
  in_progress_ = false;
  put(line);
  put("\r\n");
}

void Console::progress(const Line& line) {
  put("\r");
  put(line.view());
  in_progress_ = true;
}

void Console::print_without_nvm(const Error& error) {
  print(Line("nvresume: ").text(error.text()).text("; booting on without NVM"));
}

}  // namespace nvresume::efi
