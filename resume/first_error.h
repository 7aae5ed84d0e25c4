// SPDX-License-Identifier: GPL-2.0-or-later
// first_error.h: the first error of several threads wins; the others stop because of it.
#pragma once

#include <mutex>
#include <optional>

#include "image/result.h"

namespace nvresume {

class FirstError {
 public:
  void set(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_.emplace(std::move(error));
  }
  bool is_set() const {
    const std::lock_guard lock(mutex_);
    return error_.has_value();
  }
  /// The error, or ok. REQUIRES: every thread that might set it was joined.
  Status status() const {
    const std::lock_guard lock(mutex_);
    if (error_) return Error(*error_);
    return ok_status();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace nvresume
