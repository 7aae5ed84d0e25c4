// SPDX-License-Identifier: GPL-2.0-or-later
// locked_memory.h: memory that is there before the freeze and cannot be paged out after it. Nothing
// may be allocated, or read back from a disk, while the snapshot is being stored.
#pragma once

#include <stdint.h>

#include <utility>

#include "image/media.h"
#include "image/nvm.h"
#include "image/result.h"

namespace nvresume {

/// Zeroed, page-aligned, populated and locked. Unmapped when destroyed.
class LockedMemory {
 public:
  static Result<LockedMemory> map(uint64_t size_bytes);
  LockedMemory() = default;
  LockedMemory(LockedMemory&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})), cut_bytes_(std::exchange(other.cut_bytes_, 0)) {}
  LockedMemory& operator=(LockedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(cut_bytes_, other.cut_bytes_);
    return *this;
  }
  ~LockedMemory();

  Bytes bytes() const { return bytes_; }
  /// Cuts `size_bytes` (rounded up to a block) off the front of what was not cut off yet.
  /// REQUIRES: the map was made large enough for every cut.
  Bytes cut(uint64_t size_bytes);

 private:
  explicit LockedMemory(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
  uint64_t cut_bytes_ = 0;
};

/// Locks the program's text, libraries, heap and stack, now and later: a page fault into a library
/// after CREATE_IMAGE would read a disk whose kernel threads are frozen.
Status lock_whole_process();

}  // namespace nvresume
