// SPDX-License-Identifier: GPL-2.0-or-later
// snapshot_device.h: /dev/snapshot, call by call. An interface because the tests put a fake kernel
// behind it. One thread alone may use it: the kernel takes a mutex per call, by trylock for ioctls.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/unique_fd.h"

namespace nvresume {

/// CREATE_IMAGE returns twice.
enum class World : uint8_t {
  kSaving,    ///< the snapshot is in memory and wants to be stored
  kRestored,  ///< the machine was off in between
};

class SnapshotDevice {
 public:
  /// Freezes every task but the calling thread (other threads of this process included).
  virtual Status freeze() = 0;
  virtual Status unfreeze() = 0;
  /// Names the swap device whose signature may be written although it is in use as swap.
  virtual Status allow_swap_writes(dev_t swap) = 0;
  virtual Status set_platform_support(bool wanted) = 0;
  /// Size the kernel shrinks memory to before the snapshot.
  virtual Status set_preferred_bytes(uint64_t bytes) = 0;
  virtual Result<World> create_image() = 0;
  /// The next page of the stream; false at its end.
  virtual Result<bool> read_page(Bytes page) = 0;
  /// Hands the next page over; false where the kernel has all it expects.
  virtual Result<bool> write_page(ConstBytes page) = 0;
  /// Gives the snapshot's memory back and thaws kernel threads; needed before unfreeze().
  virtual Status free_image() = 0;
  /// Returns only on failure.
  virtual Error atomic_restore() = 0;
  /// Platform power-off (ACPI S4). Returns only on failure; kWakeEvent where a wake-up is pending.
  virtual Error power_off() = 0;

 protected:
  ~SnapshotDevice() = default;
};

/// The real one. Closing it (a dying process included) frees the image and thaws everything.
class KernelSnapshot final : public SnapshotDevice {
 public:
  enum class Direction : uint8_t { kSave, kRestore };
  /// Errors: kLockdown, kHibernationUnavailable, kSnapshotBusy.
  static Result<KernelSnapshot> open(Direction direction);
  KernelSnapshot(KernelSnapshot&&) noexcept = default;

  Status freeze() override;
  Status unfreeze() override;
  Status allow_swap_writes(dev_t swap) override;
  Status set_platform_support(bool wanted) override;
  Status set_preferred_bytes(uint64_t bytes) override;
  Result<World> create_image() override;
  Result<bool> read_page(Bytes page) override;
  Result<bool> write_page(ConstBytes page) override;
  Status free_image() override;
  Error atomic_restore() override;
  Error power_off() override;

 private:
  explicit KernelSnapshot(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace nvresume
