// SPDX-License-Identifier: GPL-2.0-or-later
// console.h: lines a person sees on the console while nothing else can speak (user space frozen, or
// no journal yet). Opens once, before the freeze; never allocates after.
#pragma once

#include <stdint.h>

#include <string_view>

namespace nvresume {

class Console {
 public:
  /// Opens /dev/console (and stderr where it is another file). Works, silently, with neither.
  Console();
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// "nvresume: <text>\r\n"; text may be cut at 400 bytes.
  void line(std::string_view text);
  /// printf form of line().
  [[gnu::format(printf, 2, 3)]] void print(const char* format, ...);
  /// A progress line, at most once every 500 ms and at 100 %:
  /// "nvresume: saving 42 % (131 of 311 MiB)".
  void progress(const char* verb, uint64_t done_bytes, uint64_t total_bytes);
  /// Waits until what was said is sent. A serial port that is switched off with the machine loses
  /// the rest; one that takes nothing keeps it on for half a second, no longer.
  void drain();

 private:
  int fd_;
  int stderr_fd_;
  uint64_t last_progress_ns_ = 0;
};

}  // namespace nvresume
