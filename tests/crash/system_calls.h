// SPDX-License-Identifier: GPL-2.0-or-later
// system_calls.h: the calls by which the program reaches a disk, noted as they are made.
#pragma once

#include <string>
#include <vector>

namespace nvresume {

/// While it lives: "pwrite NAME", "fdatasync NAME", "fsync NAME", "rename NAME", in order, NAME
/// being the last part of the path.
class NotedSystemCalls {
 public:
  NotedSystemCalls();
  ~NotedSystemCalls();
  NotedSystemCalls(const NotedSystemCalls&) = delete;
  NotedSystemCalls& operator=(const NotedSystemCalls&) = delete;
  const std::vector<std::string>& calls() const { return calls_; }
  void note(const char* call, const std::string& path);

 private:
  std::vector<std::string> calls_;
};

}  // namespace nvresume
