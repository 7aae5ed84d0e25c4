// SPDX-License-Identifier: GPL-2.0-or-later
// The linker takes these before libc's.
#include "tests/crash/system_calls.h"

#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

namespace nvresume {
namespace {

NotedSystemCalls* current = nullptr;

void note(const char* call, int fd) {
  if (current == nullptr) return;
  std::error_code error;
  current->note(call, std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error));
}

}  // namespace

NotedSystemCalls::NotedSystemCalls() { current = this; }
NotedSystemCalls::~NotedSystemCalls() { current = nullptr; }

void NotedSystemCalls::note(const char* call, const std::string& path) {
  calls_.push_back(std::string(call) + " " + std::filesystem::path(path).filename().string());
}

}  // namespace nvresume

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  nvresume::note("pwrite", fd);
  return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

int fdatasync(int fd) {
  nvresume::note("fdatasync", fd);
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}

int fsync(int fd) {
  nvresume::note("fsync", fd);
  return static_cast<int>(syscall(SYS_fsync, fd));
}

int rename(const char* from, const char* to) noexcept {
  if (nvresume::current != nullptr) nvresume::current->note("rename", to);
  return static_cast<int>(syscall(SYS_rename, from, to));
}
}
