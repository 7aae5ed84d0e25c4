// SPDX-License-Identifier: GPL-2.0-or-later
// loader_list.h: which boot loader comes after the stage. Paths only; calls nothing.
#pragma once

#include <stdint.h>

#include <span>

#include "image/efi_variables.h"
#include "image/nvm.h"

namespace nvresume::efi {

/// A path on the volume the stage was loaded from, UCS-2, zero-terminated.
struct LoaderPath {
  static constexpr uint32_t kCapacity = 256;
  uint16_t text[kCapacity] = {};

  bool empty() const { return text[0] == 0; }
  uint32_t length() const;
};

/// From UCS-2 that may lack its terminator. Empty where it is no absolute path to an .efi file.
LoaderPath make_path(std::span<const uint16_t> ucs2);
/// FAT compares names without case; only ASCII letters are folded here.
bool same_path(const LoaderPath& a, const LoaderPath& b);

/// In the order to try: configured, from the boot entry, the distributions' usual places. Each path
/// once, and never `own`: a stage that starts itself would loop.
class LoaderList {
 public:
  /// `load_options` is the boot entry's optional data: a UCS-2 path, or anything else (a shell's
  /// command line, a firmware's mark), which is ignored.
  LoaderList(const NvresumeConfig& config, ConstBytes load_options, const LoaderPath& own);

  uint32_t count() const { return count_; }
  const LoaderPath& operator[](uint32_t i) const { return paths_[i]; }
  /// Named by configuration or boot entry: worth a word when it is missing.
  bool named(uint32_t i) const { return i < named_count_; }

 private:
  void add(const LoaderPath& path, const LoaderPath& own);

  static constexpr uint32_t kCapacity = 12;
  LoaderPath paths_[kCapacity];
  uint32_t count_ = 0;
  uint32_t named_count_ = 0;
};

}  // namespace nvresume::efi
