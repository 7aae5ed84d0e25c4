// SPDX-License-Identifier: GPL-2.0-or-later
// witness.h: proof that no mounted file system changed between save and resume: a hash of each
// one's superblock region, journal superblock or log head included.
#pragma once

#include <stdint.h>

#include <memory>
#include <span>

#include "image/metadata.h"
#include "image/result.h"

namespace nvresume {

/// The save side, in two steps: collect() before the freeze opens devices, plans extents and
/// allocates; hash() after CREATE_IMAGE only reads.
class WitnessSet {
 public:
  /// One witness for every block-backed file system of any mount namespace, each once. It is read
  /// from the device: its mount point may be out of our reach. A file system that cannot be proven
  /// (RAID5/6, thin, unknown type, network) gets kWitnessUnprovable.
  static Result<WitnessSet> collect();
  WitnessSet(WitnessSet&&) noexcept;
  ~WitnessSet();

  /// After the freeze: what is mounted is still what collect() saw. Error: kFileSystemMounted
  /// naming the mount point.
  Status check_mounts() const;
  Status hash();
  std::span<const Witness> records() const;

 private:
  struct Impl;
  explicit WitnessSet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What cannot be proven unchanged could not be restored over. Error: kUnsupportedStorage naming
/// the first such file system.
Status check_provable(std::span<const Witness> witnesses);

/// The restore side: waits up to `timeout_ms` in all for the devices, then compares every hash.
/// Errors: kWitnessChanged, kWitnessUnreadable, kUnsupportedStorage, each naming the file system.
/// `verdicts` are the stage's, one for each witness from the first on: what it has judged in this
/// boot is not waited for.
Status compare_witnesses(std::span<const Witness> witnesses, uint32_t timeout_ms,
                         std::span<const uint8_t> verdicts = {});

}  // namespace nvresume
