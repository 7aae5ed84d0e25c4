// SPDX-License-Identifier: GPL-2.0-or-later
// page_arena.h: host memory below 4 GiB that plays physical memory: address equals pointer.
#pragma once

#include <stdint.h>
#include <sys/mman.h>

#include "efi/memory_runs.h"

namespace nvresume::efi {

class PageArena {
 public:
  explicit PageArena(uint64_t pages) : bytes_(pages * kEfiPageBytes) {
    memory_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (memory_ == MAP_FAILED) __builtin_trap();
  }
  ~PageArena() { (void)::munmap(memory_, bytes_); }
  PageArena(const PageArena&) = delete;
  PageArena& operator=(const PageArena&) = delete;

  uint64_t page(uint64_t number) const {
    return reinterpret_cast<uint64_t>(memory_) + number * kEfiPageBytes;
  }
  uint64_t frame(uint64_t number) const { return page(number) / kEfiPageBytes; }
  uint8_t* bytes(uint64_t number) const { return reinterpret_cast<uint8_t*>(page(number)); }
  Run run(uint64_t first, uint64_t pages) const { return {page(first), pages * kEfiPageBytes}; }

 private:
  uint64_t bytes_;
  void* memory_;
};

}  // namespace nvresume::efi
