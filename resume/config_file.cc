// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/config_file.h"

#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kConfigPath[] = "/etc/nvresume.conf";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

std::optional<std::string> read_setting(std::string_view key) {
  const std::string file = read_text_or_empty(kConfigPath);
  std::optional<std::string> value;
  for (const std::string_view line : split_lines(file)) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos || trim(line).starts_with('#')) continue;
    if (trim(line.substr(0, equals)) == key) value = trim(line.substr(equals + 1));
  }
  return value;
}

}  // namespace nvresume
