// SPDX-License-Identifier: GPL-2.0-or-later
// unique_fd.h: one owned file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace nvresume {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) (void)::close(fd_);  // nothing was buffered in it: no error can lose data
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

}  // namespace nvresume
