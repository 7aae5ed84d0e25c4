// SPDX-License-Identifier: GPL-2.0-or-later
// resume_system_root.h: a made-up /proc, /sys, /run, /etc and /boot for one test.
#pragma once

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "resume/system_files.h"

namespace nvresume {

/// A directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // Not /tmp by force: O_DIRECT wants a disk's file system where there is one.
    char pattern[] = "/var/tmp/nvresume-test.XXXXXX";
    path_ = ::mkdtemp(pattern);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

/// While it lives, the program's /proc, /sys and so on are this directory's.
class SystemRoot {
 public:
  SystemRoot() : scope_(directory_.path()) {}

  std::string path(std::string_view absolute) const {
    return directory_.path() + std::string(absolute);
  }
  void write(std::string_view absolute, std::string_view content) {
    std::filesystem::create_directories(std::filesystem::path(path(absolute)).parent_path());
    std::ofstream(path(absolute), std::ios::binary) << content;
  }
  void link(std::string_view absolute, std::string_view target) {
    std::filesystem::create_directories(std::filesystem::path(path(absolute)).parent_path());
    std::filesystem::create_symlink(path(target), path(absolute));
  }
  std::string read(std::string_view absolute) const {
    return read_bytes(absolute).value_or("(no such file)");
  }

 private:
  TemporaryDirectory directory_;
  ScopedSystemRoot scope_;
};

/// Runs a shell command, its output thrown away; whether it ended well.
inline bool run_command(const std::string& command) {
  return ::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
}
inline bool have_tool(const std::string& tool) { return run_command("command -v " + tool); }

}  // namespace nvresume
