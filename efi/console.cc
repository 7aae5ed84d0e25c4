// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/console.h"

namespace nvresume::efi {

void Console::put(std::string_view text, std::string_view end) {
  if (output_ == nullptr) return;
  // In pieces: one call a character is slow on serial consoles, one large buffer eats stack. A line
  // and its end go together, as far as they fit.
  CHAR16 piece[64];
  uint32_t count = 0;
  auto flush = [&] {
    piece[count] = 0;
    (void)output_->OutputString(output_, piece);  // a console that fails is not worth a boot
    count = 0;
  };
  for (const std::string_view part : {text, end}) {
    for (const char character : part) {
      piece[count++] = static_cast<CHAR16>(character);
      if (count == 63) flush();
    }
  }
  if (count > 0) flush();
}

void Console::print(std::string_view line) {
  if (in_progress_) put("", "\r\n");
  in_progress_ = false;
  put(line, "\r\n");
}

void Console::progress(const Line& line) {
  // The return first: the cursor is then left behind the text.
  put("\r", line.view());
  in_progress_ = true;
}

void Console::print_without_nvm(const Error& error) {
  print(Line("nvresume: ").text(error.text()).text("; booting on without NVM"));
}

}  // namespace nvresume::efi
