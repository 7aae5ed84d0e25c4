// SPDX-License-Identifier: GPL-2.0-or-later
// image_metadata.h: the metadata record of one image: drafted before the freeze, completed and
// stored after the snapshot, read and checked before a restore.
#pragma once

#include <span>

#include "image/metadata.h"
#include "image/superblock.h"
#include "resume/locked_memory.h"

namespace nvresume {

class MetadataDraft {
 public:
  /// Before the freeze: the machine's facts and maps, and memory for the rest.
  static Result<MetadataDraft> prepare(const uint8_t image_id[16]);

  /// For sections that are known before the freeze.
  MetadataWriter& writer() { return writer_; }
  /// After the snapshot. Allocates nothing.
  Status complete(uint64_t snapshot_pages, std::span<const Witness> witnesses,
                  const Statistics& statistics);
  /// The finished record, its exact bytes.
  ConstBytes record() const { return memory_.bytes().first(length_bytes_); }

 private:
  MetadataDraft(LockedMemory memory, LockedMemory messages);
  Status add_messages();

  LockedMemory memory_;
  LockedMemory messages_;
  MetadataWriter writer_;
  uint64_t length_bytes_ = 0;
};

/// Reads the record the superblock points at into `buffer`. Error: kMetadataCorrupt.
Result<ConstBytes> read_metadata(Nvm& area, const Superblock& superblock, Bytes buffer);

/// The firmware's memory map now must equal the one in `record`; the kernel refuses any difference
/// and does not say which. Error: kMemoryMapChanged naming the first range that differs.
Status check_memory_map(ConstBytes record);
Status compare_memory_maps(std::span<const MapRange> saved, std::span<const MapRange> now);

/// The records of a section. They were stored by this format's writer: a length that does not fit
/// is kMetadataCorrupt.
template <typename T>
Result<std::span<const T>> records_of(ConstBytes record, SectionType type) {
  const ConstBytes bytes = section_of(record, type);
  if (bytes.size() % sizeof(T) != 0)
    return Error(Reason::kMetadataCorrupt, "metadata section ")
        .with(static_cast<uint32_t>(type))
        .with(": length does not fit its records");
  return std::span<const T>(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
}

}  // namespace nvresume
