// SPDX-License-Identifier: GPL-2.0-or-later
// system_files.h: the small text files of /proc, /sys, /etc and /run, below a root that a test can
// move to a directory of its own.
#pragma once

#include <stdint.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvresume {

/// `absolute` ("/proc/mounts") below the root; the path itself outside of tests.
std::string system_path(std::string_view absolute);

/// Tests only: while it lives, every system_path() lies below `root`.
class ScopedSystemRoot {
 public:
  explicit ScopedSystemRoot(std::string root);
  ~ScopedSystemRoot();
  ScopedSystemRoot(const ScopedSystemRoot&) = delete;
  ScopedSystemRoot& operator=(const ScopedSystemRoot&) = delete;

 private:
  std::string previous_;
};

/// The whole file as it is; nothing where it cannot be read.
std::optional<std::string> read_bytes(std::string_view absolute);
/// The whole file without its trailing newlines; nothing where it cannot be read.
std::optional<std::string> read_text(std::string_view absolute);
/// read_text(), or "" where it cannot be read.
std::string read_text_or_empty(std::string_view absolute);
/// A file that holds one number, decimal or 0x….
std::optional<uint64_t> read_number(std::string_view absolute);
/// What a symbolic link says; nothing where it cannot be read, and errno says why not.
std::optional<std::string> read_link(std::string_view absolute);
bool file_exists(std::string_view absolute);
/// Names in a directory without "." and "..", sorted; empty where there is none.
std::vector<std::string> list_directory(std::string_view absolute);
/// Replaces a file's contents in one step: a reader sees the old or the new, never a part.
bool write_text(std::string_view absolute, std::string_view text, unsigned mode);
/// The same in /run/nvresume, which is made where it is missing.
bool write_run_text(std::string_view absolute, std::string_view text, unsigned mode);
/// One write() into a file that is there, which is what those of /proc and /sys want. errno says
/// why not.
bool write_in_place(std::string_view absolute, std::string_view text);

/// A number in decimal or 0x… and nothing else.
std::optional<uint64_t> parse_number(std::string_view text);
std::vector<std::string_view> split_words(std::string_view text);
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace nvresume
