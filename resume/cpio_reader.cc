// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/cpio_reader.h"

#include <algorithm>

#include "resume/system_files.h"

namespace nvresume {
namespace {

// cpio(5), "New ASCII Format": 6 bytes of magic, then 8-digit hexadecimal fields.
constexpr size_t kHeaderBytes = 110;
constexpr size_t kFileSizeField = 6 + 6 * 8;
constexpr size_t kNameSizeField = 6 + 11 * 8;
constexpr size_t kNameBytesMaximum = 4096;  // PATH_MAX

uint64_t field(std::string_view header, size_t at) {
  return parse_number("0x" + std::string(header.substr(at, 8))).value_or(0);
}

uint64_t padded(uint64_t bytes) { return (bytes + 3) & ~uint64_t{3}; }

}  // namespace

Error unreadable_archive(std::string_view why) {
  return Error(Reason::kNotInInitramfs, "the archive cannot be read: ").with(why);
}

Result<std::string> CpioReader::next_name() {
  NVRESUME_TRY(skip(pending_));
  pending_ = 0;
  uint8_t header[kHeaderBytes];
  NVRESUME_ASSIGN(const size_t got, take(header));
  if (got == 0) return std::string();
  const std::string_view text(reinterpret_cast<const char*>(header), sizeof(header));
  if (got != sizeof(header) || !text.starts_with("07070"))
    return unreadable_archive("not a cpio header");
  const uint64_t file_bytes = field(text, kFileSizeField);
  const uint64_t name_bytes = field(text, kNameSizeField);
  if (name_bytes == 0 || name_bytes > kNameBytesMaximum)
    return unreadable_archive("a name's length");
  std::vector<uint8_t> name(padded(kHeaderBytes + name_bytes) - kHeaderBytes);
  NVRESUME_ASSIGN(const size_t name_got, take(name));
  if (name_got != name.size()) return unreadable_archive("cut short in a name");
  pending_ = padded(file_bytes);
  std::string result(reinterpret_cast<const char*>(name.data()), name_bytes - 1);
  return result == "TRAILER!!!" ? std::string() : result;
}

Result<size_t> CpioReader::take(std::span<uint8_t> out) {
  const auto got = stream_.read(out);
  if (!got.ok()) return unreadable_archive(got.error().text());
  return got.value();
}

Status CpioReader::skip(uint64_t bytes) {
  while (bytes > 0) {
    const size_t part = std::min<uint64_t>(bytes, scratch_.size());
    NVRESUME_ASSIGN(const size_t got, take(std::span(scratch_).first(part)));
    if (got != part) return unreadable_archive("cut short in a file");
    bytes -= part;
  }
  return ok_status();
}

}  // namespace nvresume
