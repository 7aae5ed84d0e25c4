// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/system_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "resume/unique_fd.h"

namespace nvresume {
namespace {

std::string& system_root() {
  static std::string root;
  return root;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return parts;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(separators), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

std::string system_path(std::string_view absolute) { return system_root() + std::string(absolute); }

ScopedSystemRoot::ScopedSystemRoot(std::string root)
    : previous_(std::exchange(system_root(), std::move(root))) {}
ScopedSystemRoot::~ScopedSystemRoot() { system_root() = std::move(previous_); }

std::optional<std::string> read_bytes(std::string_view absolute) {
  const UniqueFd fd(::open(system_path(absolute).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return std::nullopt;
  std::string text;
  // One page at least: sysfs files give their whole contents to the first read.
  char buffer[16384];
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

std::optional<std::string> read_text(std::string_view absolute) {
  std::optional<std::string> text = read_bytes(absolute);
  while (text && !text->empty() && text->back() == '\n') text->pop_back();
  return text;
}

std::string read_text_or_empty(std::string_view absolute) {
  return read_text(absolute).value_or(std::string());
}

std::optional<std::string> read_link(std::string_view absolute) {
  char text[PATH_MAX];
  const ssize_t length = ::readlink(system_path(absolute).c_str(), text, sizeof(text));
  if (length < 0) return std::nullopt;
  return std::string(text, static_cast<size_t>(length));
}

std::optional<uint64_t> read_number(std::string_view absolute) {
  const std::optional<std::string> text = read_text(absolute);
  return text ? parse_number(*text) : std::nullopt;
}

bool file_exists(std::string_view absolute) {
  return ::access(system_path(absolute).c_str(), F_OK) == 0;
}

std::vector<std::string> list_directory(std::string_view absolute) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(system_path(absolute).c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

bool write_text(std::string_view absolute, std::string_view text, unsigned mode) {
  const std::string path = system_path(absolute);
  const std::string temporary = path + ".new";
  {
    const UniqueFd fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!fd.open() || !write_all(fd.get(), text)) return false;
  }
  return ::rename(temporary.c_str(), path.c_str()) == 0;
}

bool write_run_text(std::string_view absolute, std::string_view text, unsigned mode) {
  (void)::mkdir(system_path("/run/nvresume").c_str(), 0755);  // there already in nearly every boot
  return write_text(absolute, text, mode);
}

bool write_in_place(std::string_view absolute, std::string_view text) {
  const UniqueFd fd(::open(system_path(absolute).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  return fd.open() &&
         ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::optional<uint64_t> parse_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  if (text.empty()) return std::nullopt;
  const uint64_t base = hexadecimal ? 16 : 10;
  uint64_t number = 0;
  for (const char c : text) {
    uint64_t digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<uint64_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') digit = static_cast<uint64_t>(c - 'A' + 10);
    if (digit >= base) return std::nullopt;
    if (__builtin_mul_overflow(number, base, &number)) return std::nullopt;
    if (__builtin_add_overflow(number, digit, &number)) return std::nullopt;
  }
  return number;
}

std::vector<std::string_view> split_words(std::string_view text) { return split(text, " \t\n"); }
std::vector<std::string_view> split_lines(std::string_view text) { return split(text, "\n"); }

}  // namespace nvresume
