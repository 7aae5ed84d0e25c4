// SPDX-License-Identifier: GPL-2.0-or-later
// snapshot_device.h: /dev/snapshot, call by call. An interface because the tests put a fake kernel
// behind it. One thread alone may use it: the kernel takes a mutex per call, by trylock for ioctls.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <span>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/cancel.h"
#include "resume/unique_fd.h"

namespace nvresume {

/// CREATE_IMAGE returns twice.
enum class World : uint8_t {
  kSaving,    ///< the snapshot is in memory and wants to be stored
  kRestored,  ///< the machine was off in between
};

class SnapshotDevice {
 public:
  /// Most pages a call moves. Chosen: a chunk of the default size; the kernel's copy of the list is
  /// then 1 KiB.
  static constexpr uint32_t kBatchPages = 64;

  /// Freezes every task but the calling thread (other threads of this process included).
  virtual Status freeze() = 0;
  virtual Status unfreeze() = 0;
  /// Names the swap device whose signature may be written although it is in use as swap.
  virtual Status allow_swap_writes(dev_t swap) = 0;
  virtual Status set_platform_support(bool wanted) = 0;
  /// Size the kernel shrinks memory to before the snapshot.
  virtual Status set_preferred_bytes(uint64_t bytes) = 0;
  virtual Result<World> create_image() = 0;
  /// The stream's next pages, into the whole pages of `pages`. How many were read: one at least,
  /// kBatchPages at most; 0 at the end.
  virtual Result<uint32_t> read_pages(Bytes pages) = 0;
  /// Hands over the next pages, kBatchPages at most, each kPageBytes. How many the kernel took: 0
  /// where it has all it expects.
  virtual Result<uint32_t> write_pages(std::span<const uint8_t* const> pages) = 0;
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
  /// read_pages() asks it now and then: that is where the time of a save goes. It must outlive
  /// this.
  void give_up_with(Cancel& cancel) { cancel_ = &cancel; }

  Status freeze() override;
  Status unfreeze() override;
  Status allow_swap_writes(dev_t swap) override;
  Status set_platform_support(bool wanted) override;
  Status set_preferred_bytes(uint64_t bytes) override;
  Result<World> create_image() override;
  Result<uint32_t> read_pages(Bytes pages) override;
  Result<uint32_t> write_pages(std::span<const uint8_t* const> pages) override;
  Status free_image() override;
  Error atomic_restore() override;
  Error power_off() override;

 private:
  explicit KernelSnapshot(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
  Cancel* cancel_ = nullptr;
  uint64_t batches_read_ = 0;
};

}  // namespace nvresume
