// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/memory_use.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>

#include "resume/system_files.h"
#include "resume/unique_fd.h"

namespace nvresume {
namespace {

uint64_t read_kib(const char* path, std::string_view name) {
  char text[4096];  // either file is about half of it
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t length = fd.open() ? ::read(fd.get(), text, sizeof(text)) : -1;
  return length > 0 ? find_kib({text, static_cast<size_t>(length)}, name) : 0;
}

uint64_t slab_kib() { return read_kib("/proc/meminfo", "Slab:"); }

}  // namespace

MemoryUse::MemoryUse() : slab_at_start_kib_(slab_kib()) {}

void MemoryUse::sample() {
  const uint64_t now_kib = slab_kib();
  if (now_kib > slab_at_start_kib_)
    slab_growth_kib_ = std::max(slab_growth_kib_, now_kib - slab_at_start_kib_);
}

void MemoryUse::tell(Console& console, const char* what, AttemptRecord& record) {
  sample();
  char line[96];
  (void)snprintf(line, sizeof(line), "memory: %s: peak %lu KiB, kernel slab +%lu KiB", what,
                 read_kib("/proc/self/status", "VmHWM:"), slab_growth_kib_);
  console.line(line);
  add_text(record, line);
}

uint64_t find_kib(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    uint64_t kib = 0;
    at += name.size();
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      kib = kib * 10 + static_cast<uint64_t>(text[at] - '0');
    return kib;
  }
  return 0;
}

uint64_t meminfo_bytes(std::string_view name) {
  return find_kib(read_text_or_empty("/proc/meminfo"), name) * 1024;
}

}  // namespace nvresume
