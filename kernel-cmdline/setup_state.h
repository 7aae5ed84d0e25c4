// SPDX-License-Identifier: GPL-2.0-or-later
// setup_state.h: what setup generated, so that the next setup and remove can tell whether somebody
// generated it again since. How everything was before is in journal.h.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "image/result.h"

namespace nvresume {

inline constexpr char kStatePath[] = "/var/lib/nvresume/setup";
/// There from the end of setup's first step until the range is formatted: "range=BASE+SIZE", and
/// "erase=BASE+SIZE" where somebody typed that what lies there may be lost.
inline constexpr char kUnfinishedPath[] = "/var/lib/nvresume/unfinished";

/// Lines "key=value". Keys: initramfs.KERNEL (what went into it when it was made), grub_config (its
/// checksum when it was made).
class SetupState {
 public:
  static SetupState load(std::string_view path = kStatePath);
  std::string get(const std::string& key) const;
  void set(const std::string& key, const std::string& value) { values_[key] = value; }
  std::string to_text() const;
  /// On disk when it returns.
  Status save(const std::string& path = kStatePath) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace nvresume
