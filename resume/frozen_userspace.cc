// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/frozen_userspace.h"

namespace nvresume {

Result<FrozenUserspace> FrozenUserspace::freeze(SnapshotDevice& device) {
  NVRESUME_TRY(device.freeze());
  return FrozenUserspace(device);
}

FrozenUserspace::~FrozenUserspace() {
  (void)thaw();  // on failure the device's close thaws, which the kernel cannot refuse
}

Status FrozenUserspace::thaw() {
  if (device_ == nullptr) return ok_status();
  SnapshotDevice& device = *std::exchange(device_, nullptr);
  // With an image still in memory the kernel ignores the unfreeze.
  NVRESUME_TRY(device.free_image());
  return device.unfreeze();
}

}  // namespace nvresume
