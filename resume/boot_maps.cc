// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/boot_maps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <optional>

#include "resume/machine.h"
#include "resume/system_error.h"
#include "resume/system_files.h"

namespace nvresume {
namespace {

constexpr char kStateDirectory[] = "/var/lib/nvresume";
constexpr std::string_view kBootLine = "boot ";

/// The rest of a line behind its first words.
std::string_view rest_after(std::string_view line, const std::string_view& word) {
  const auto end = static_cast<size_t>(word.data() + word.size() - line.data());
  return line.size() > end ? line.substr(end + 1) : std::string_view();
}

/// "boot NUMBER ARGUMENTS…".
std::optional<BootMap> parse_boot(std::string_view line) {
  const auto words = split_words(line);
  const auto number = words.size() < 2 ? std::nullopt : parse_number(words[1]);
  if (!number) return std::nullopt;
  return BootMap{*number, std::string(rest_after(line, words[1])), {}};
}

/// "START END TYPE…", both ends inclusive.
std::optional<MapRange> parse_range(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() < 3) return std::nullopt;
  const auto start = parse_number(words[0]);
  const auto end = parse_number(words[1]);
  if (!start || !end) return std::nullopt;
  MapRange range{};
  range.start = *start;
  range.end = *end;
  const std::string_view type = rest_after(line, words[1]);
  ::memcpy(range.type, type.data(), std::min(type.size(), sizeof(range.type) - 1));
  return range;
}

std::string to_text(const BootMap& map) {
  std::string text(kBootLine);
  text.append(std::to_string(map.boot)).append(" ").append(map.arguments).append("\n");
  for (const MapRange& range : map.ranges) {
    char line[96];
    ::snprintf(line, sizeof(line), "0x%" PRIx64 " 0x%" PRIx64 " %.*s\n", range.start, range.end,
               static_cast<int>(sizeof(range.type)), range.type);
    text += line;
  }
  return text;
}

}  // namespace

std::vector<BootMap> read_boot_maps() {
  std::vector<BootMap> maps;
  const std::string text = read_text_or_empty(kBootMapsPath);
  for (const std::string_view line : split_lines(text)) {
    if (line.starts_with(kBootLine)) {
      if (auto map = parse_boot(line)) maps.push_back(std::move(*map));
    } else if (const auto range = parse_range(line); range && !maps.empty()) {
      maps.back().ranges.push_back(*range);
    }
  }
  return maps;
}

Status record_boot_map(uint64_t boot) {
  if (!file_exists(kStateDirectory)) return ok_status();
  NVRESUME_ASSIGN(std::vector<MapRange> ranges, read_firmware_map());
  std::vector<BootMap> maps = read_boot_maps();
  std::erase_if(maps, [boot](const BootMap& map) { return map.boot == boot; });
  maps.push_back({boot, read_text_or_empty("/proc/cmdline"), std::move(ranges)});
  std::string text;
  for (size_t i = maps.size() - std::min(maps.size(), kBootMapCount); i < maps.size(); i++)
    text += to_text(maps[i]);
  // A power cut leaves the old file or the new one; losing this boot's map costs a comparison.
  if (write_text(kBootMapsPath, text, 0600)) return ok_status();
  return system_error(Reason::kIoError, "write", kBootMapsPath);
}

}  // namespace nvresume
