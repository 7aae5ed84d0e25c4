// SPDX-License-Identifier: GPL-2.0-or-later
#include "efi/line.h"

namespace nvresume::efi {

void Line::append(char character) {
  if (length_ < kCapacity) text_[length_++] = character;
}

Line& Line::text(std::string_view piece) {
  // Text may come out of the NVM: nothing but printable ASCII reaches a terminal.
  for (char character : piece) append(character >= ' ' && character <= '~' ? character : '?');
  return *this;
}

Line& Line::number(uint64_t value, uint32_t width) {
  char digits[20];
  uint32_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (uint32_t i = count; i < width; ++i) append('0');
  while (count > 0) append(digits[--count]);
  return *this;
}

Line& Line::hex(uint64_t value) {
  append('0');
  append('x');
  int shift = 60;
  while (shift > 0 && (value >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) append("0123456789abcdef"[(value >> shift) & 15]);
  return *this;
}

Line& Line::seconds(uint64_t duration_ns) {
  uint64_t hundredths = (duration_ns + 5'000'000) / 10'000'000;
  return number(hundredths / 100).text(".").number(hundredths % 100, 2).text(" s");
}

Line& Line::utc(uint64_t unix_s) {
  // Days to civil date over the 400-year cycle of 146097 days, years beginning in March.
  uint64_t days = unix_s / 86400 + 719468;
  uint64_t era = days / 146097;
  uint64_t day_of_era = days % 146097;
  uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  uint64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  uint64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  uint64_t second = unix_s % 86400;
  number(year, 4).text("-").number(month, 2).text("-").number(day, 2).text(" ");
  number(second / 3600, 2).text(":").number(second / 60 % 60, 2).text(":");
  return number(second % 60, 2).text(" UTC");
}

Line& Line::path(const uint16_t* ucs2) {
  for (; *ucs2 != 0; ++ucs2) append(*ucs2 >= ' ' && *ucs2 <= '~' ? static_cast<char>(*ucs2) : '?');
  return *this;
}

}  // namespace nvresume::efi
