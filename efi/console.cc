// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/console.h"

namespace nvresume::efi {
namespace {

// EDK2's terminal gives a serial port two characters' time (173 us at 115200 baud) and drops the
// rest of the string with an error: seen in QEMU, where a unix socket takes 278 unread bytes, and
// no fault of the receiver's. A receiver that is 100 ms late is not there.
constexpr uint32_t kTries = 4;
constexpr UINTN kBetweenTriesUs = 25'000;

}  // namespace

bool Console::put(std::string_view start, std::string_view text, std::string_view end) {
  // In one call: one a character is slow on serial consoles, and what stands between two may be
  // lost.
  CHAR16 whole[Line::kCapacity + 8];
  uint32_t count = 0;
  for (const std::string_view part : {start, text, end})
    for (const char character : part)
      if (count + 1 < sizeof whole / sizeof whole[0])
        whole[count++] = static_cast<CHAR16>(character);
  whole[count] = 0;
  return !EFI_ERROR(output_->OutputString(output_, whole));
}

void Console::print(std::string_view line) {
  if (output_ == nullptr) return;
  bool whole = put(in_progress_ ? "\r\n" : "", line, "\r\n");
  in_progress_ = false;
  // Again, on a line of its own: what is searched for at a line's start is then there.
  for (uint32_t tries = 1; !whole && !gave_up_ && tries < kTries; ++tries) {
    (void)boot_services_->Stall(kBetweenTriesUs);  // then it is tried at once
    whole = put("\r\n", line, "\r\n");
  }
  // A port that nobody reads must not cost every line that time.
  if (!whole) gave_up_ = true;
}

void Console::progress(const Line& line) {
  if (output_ == nullptr) return;
  // The return first: the cursor is then left behind the text. The next one makes up for a lost
  // one.
  (void)put("\r", line.view(), "");
  in_progress_ = true;
}

void Console::print_without_nvm(const Error& error) {
  print(Line("nvresume: ").text(error.text()).text("; booting on without NVM"));
}

}  // namespace nvresume::efi
