// SPDX-License-Identifier: GPL-2.0-or-later
// storage_map.h: which bytes of which disk or partition carry a mounted device: through LVM's
// linear volumes, dm-crypt (the same bytes, enciphered: a hash needs no key), RAID 1 and loop
// devices over a disk.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "image/result.h"
#include "resume/direct_file.h"

namespace nvresume {

/// `length_bytes` bytes of a mounted device lie in a row on `device`.
struct StorageSegment {
  uint64_t logical_bytes;
  uint64_t length_bytes;
  dev_t device;
  uint64_t physical_bytes;
};

class StorageMap {
 public:
  /// Error: kUnsupportedStorage naming the layer that has no fixed place for a byte (RAID 5/6,
  /// thin, striped, snapshot, …); kIoError.
  static Result<StorageMap> of(dev_t device);

  /// Lies in memory, or in a file of a file system that has its own witness (loop): nothing to
  /// prove.
  bool needs_no_witness() const { return needs_no_witness_; }
  const std::vector<StorageSegment>& segments() const { return segments_; }
  /// The pieces of a range, one for each mirror; in `range`'s order within a device.
  std::vector<StorageSegment> find(const ByteRange& range) const;

 private:
  Status add(dev_t device, uint64_t logical_bytes, uint64_t start_bytes, uint64_t length_bytes,
             int depth);
  Status add_mapped(dev_t device, uint64_t logical_bytes, uint64_t start_bytes,
                    uint64_t length_bytes, int depth);
  Status add_mirrors(dev_t device, uint64_t logical_bytes, uint64_t start_bytes,
                     uint64_t length_bytes, int depth);

  std::vector<StorageSegment> segments_;
  bool needs_no_witness_ = false;
};

}  // namespace nvresume
