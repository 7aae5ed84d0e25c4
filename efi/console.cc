// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/console.h"

namespace nvresume::efi {

void Console::print(std::string_view line) {
  if (output_ == nullptr) return;
  // In pieces: one call a character is slow on serial consoles, one large buffer eats stack.
  CHAR16 piece[64];
  uint32_t count = 0;
  auto put = [&](char character) {
    piece[count++] = static_cast<CHAR16>(character);
    if (count < 63 && character != '\n') return;
    piece[count] = 0;
    (void)output_->OutputString(output_, piece);  // a console that fails is not worth a boot
    count = 0;
  };
  for (char character : line) put(character);
  put('\r');
  put('\n');
}

void Console::print_without_nvm(const Error& error) {
  print(Line("nvresume: ").text(error.text()).text("; booting on without NVM"));
}

}  // namespace nvresume::efi
