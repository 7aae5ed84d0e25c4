// SPDX-License-Identifier: GPL-2.0-or-later
// image_disk.h: the Nvm of the user program: an O_DIRECT block device, or a plain file in tests.
// O_DIRECT because page-cache copies made before a snapshot are stale in the resumed world, and
// because the read-back before the commit must see the NVM, not memory.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <string>

#include "image/nvm.h"
#include "image/result.h"
#include "resume/unique_fd.h"

namespace nvresume {

inline constexpr char kImageDiskPath[] = "/dev/NVM_IMAGE";
inline constexpr char kSwapDiskPath[] = "/dev/NVM_SWAP";

/// What a program keeps others from while it has it. Held by the open disk, so that no crash leaves
/// one behind; not flock(2), which udev takes for itself.
enum class DiskLock : uint8_t {
  kSave,  ///< being the one save there is
  kSlot,  ///< writing to the slot, or changing the state of what it holds
};

/// Reads and writes may come from several threads at once.
class ImageDisk final : public Nvm {
 public:
  enum class Access : uint8_t { kReadOnly, kReadWrite };
  /// Errors: kNoNvm (no such device), kNotPermitted, kIoError.
  static Result<ImageDisk> open(const char* path, Access access = Access::kReadWrite);
  ImageDisk(ImageDisk&&) noexcept = default;

  uint64_t size_bytes() const override { return size_bytes_; }
  Status read(uint64_t offset_bytes, Bytes out) override;
  Status write(uint64_t offset_bytes, ConstBytes in) override;
  Status flush() override;
  /// Waits for whoever has it.
  Status lock(DiskLock which) const;
  /// False: somebody has it.
  Result<bool> try_lock(DiskLock which) const;
  void unlock(DiskLock which) const;
  /// Device number; 0 for a plain file.
  dev_t device_number() const { return device_number_; }

 private:
  ImageDisk(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Status measure();
  int set_lock(int command, short type, DiskLock which) const;
  Error out_of_range(const char* call, uint64_t offset_bytes, uint64_t length_bytes) const;

  UniqueFd fd_;
  std::string path_;
  uint64_t size_bytes_ = 0;
  dev_t device_number_ = 0;
};

}  // namespace nvresume
