// SPDX-License-Identifier: GPL-2.0-or-later
// What the soak's programs have in common: contents that are known from two numbers, and the one
// line each keeps in /run/soak/NAME for whoever watches it.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

namespace soak {

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::_Exit(1);
}

inline int must(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

/// Every word depends on whose it is, on its generation and on its place: neither a zeroed, an
/// older, a displaced nor a swapped page passes.
inline uint64_t word_at(uint64_t owner, uint64_t generation, uint64_t place) {
  uint64_t word = (owner * 0x9e3779b97f4a7c15u) ^ (generation << 40) ^ place;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;  // splitmix64's finalizer
  return word ^ (word >> 27);
}

inline void fill(std::span<uint64_t> words, uint64_t owner, uint64_t generation) {
  for (size_t i = 0; i < words.size(); ++i) words[i] = word_at(owner, generation, i);
}

inline bool holds(std::span<const uint64_t> words, uint64_t owner, uint64_t generation) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] != word_at(owner, generation, i)) return false;
  return true;
}

/// Replaces the line in /run/soak/NAME. A reader sees the old or the new one.
inline void report(const std::string& name, const std::string& line) {
  if (mkdir("/run/soak", 0755) < 0 && errno != EEXIST) fail("/run/soak");
  const std::string path = "/run/soak/" + name;
  const std::string beside = path + ".new";
  const int fd =
      must(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), beside.c_str());
  if (dprintf(fd, "%s\n", line.c_str()) < 0) fail(beside.c_str());
  close(fd);
  must(rename(beside.c_str(), path.c_str()), path.c_str());
}

}  // namespace soak
