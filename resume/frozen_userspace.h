// SPDX-License-Identifier: GPL-2.0-or-later
// frozen_userspace.h: the state "every other task is frozen" as an object. What is legal only then
// takes it as a parameter; when it goes out of scope everything thaws.
#pragma once

#include "image/result.h"
#include "resume/snapshot_device.h"

namespace nvresume {

class FrozenUserspace {
 public:
  static Result<FrozenUserspace> freeze(SnapshotDevice& device);
  FrozenUserspace(FrozenUserspace&& other) noexcept
      : device_(std::exchange(other.device_, nullptr)) {}
  FrozenUserspace& operator=(FrozenUserspace&&) = delete;
  ~FrozenUserspace();

  /// Frees the snapshot and lets everything run on. Also what the destructor does.
  Status thaw();

 private:
  explicit FrozenUserspace(SnapshotDevice& device) : device_(&device) {}
  SnapshotDevice* device_;  ///< null once thawed
};

}  // namespace nvresume
