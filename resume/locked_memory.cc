// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/locked_memory.h"

#include <sys/mman.h>

#include "resume/system_error.h"

namespace nvresume {

Result<LockedMemory> LockedMemory::map(uint64_t size_bytes) {
  const uint64_t size = whole_blocks(size_bytes);
  void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
  if (address == MAP_FAILED)
    return system_error(Reason::kNoRoom, "mmap", "locked memory").with(" (").with(size).with(" B)");
  LockedMemory memory(Bytes(static_cast<uint8_t*>(address), size));
  // MAP_LOCKED may leave pages out without saying so (mmap(2)); mlock() tells.
  if (mlock(address, size) != 0)
    return system_error(Reason::kNoRoom, "mlock", "buffers").with(" (").with(size).with(" B)");
  return memory;
}

LockedMemory::~LockedMemory() {
  if (!bytes_.empty()) (void)munmap(bytes_.data(), bytes_.size());  // fails only on a bad address
}

Bytes LockedMemory::cut(uint64_t size_bytes) {
  const uint64_t size = whole_blocks(size_bytes);
  const Bytes part = bytes_.subspan(cut_bytes_, size);
  cut_bytes_ += size;
  return part;
}

Status lock_whole_process() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
    return system_error(Reason::kNoRoom, "mlockall", "this program");
  return ok_status();
}

}  // namespace nvresume
