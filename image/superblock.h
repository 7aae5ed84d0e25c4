// SPDX-License-Identifier: GPL-2.0-or-later
// superblock.h: the 4 KiB record that says what the range holds (docs/format.md, "Superblock").
// Two copies; the valid one with the higher generation counts. This file is the record alone;
// image_area.h is the pair and the order of its writes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image/layout.h"
#include "image/nvm.h"
#include "image/reason.h"
#include "image/result.h"

namespace nvresume {

/// 0 is never valid: a zeroed block has no state.
enum class State : uint32_t {
  kEmpty = 1,      ///< no image
  kWriting = 2,    ///< a save began; what the slot holds means nothing
  kCommitted = 3,  ///< a whole, verified image
  kConsumed = 4,   ///< the image was handed to the kernel: never again
  kFailed = 5,     ///< dropped; `reason` says why
};

inline constexpr char kSuperblockMagic[16] = {'N', 'V', 'R', 'E', 'S', 'U', 'M',  'E',
                                              '-', 'I', 'M', 'A', 'G', 'E', '\r', '\n'};
inline constexpr uint16_t kFormatMajor = 1;  ///< differs: refuse
inline constexpr uint16_t kFormatMinor = 1;  ///< higher: readable
inline constexpr uint32_t kAttemptLimitDefault = 2;

/// A checksummed byte range inside the slot; offset from the slot's start, block-aligned.
struct Extent {
  uint64_t offset_bytes;
  uint64_t length_bytes;  ///< exact; storage is rounded up to a block
  uint64_t checksum;      ///< XXH3-64 of length_bytes bytes
};
static_assert(sizeof(Extent) == 24);

struct Superblock {
  char magic[16];
  uint16_t major;
  uint16_t minor;
  uint32_t incompatible_flags;  ///< an unknown bit: refuse
  uint64_t generation;          ///< raised by every change; the higher valid copy counts
  uint32_t state;               ///< State
  uint32_t reason;              ///< Reason; why kFailed, else 0
  uint64_t range_base;          ///< physical address of this block's range
  uint64_t image_bytes;
  uint64_t swap_bytes;
  uint64_t slot_offset_bytes;  ///< from range_base
  uint64_t slot_bytes;
  uint64_t log_offset_bytes;
  uint64_t log_bytes;
  uint64_t boot_count;        ///< boots the stage handed to a loader (the ticket's counter)
  uint64_t saved_boot_count;  ///< boot_count when the image was saved
  uint32_t attempt_count;     ///< restores begun for this image
  uint32_t attempt_limit;
  Extent metadata;
  Extent index;
  uint8_t image_id[16];   ///< random, new at every save
  uint64_t log_sequence;  ///< last attempt-log record known when this copy was written; a hint
  /// The boot whose attempt is in attempt_count already, 0: none. From minor version 1 on.
  uint64_t attempt_boot_count;
  uint8_t zero[4096 - 200 - 8];
  uint64_t checksum;  ///< XXH3-64 of the 4088 bytes before it
};
static_assert(sizeof(Superblock) == 4096);
static_assert(offsetof(Superblock, generation) == 24);
static_assert(offsetof(Superblock, range_base) == 40);
static_assert(offsetof(Superblock, boot_count) == 96);
static_assert(offsetof(Superblock, metadata) == 120);
static_assert(offsetof(Superblock, image_id) == 168);
static_assert(offsetof(Superblock, attempt_boot_count) == 192);
static_assert(offsetof(Superblock, checksum) == 4088);

/// A new range's superblock, state kEmpty, generation 1, checksum not yet set.
Superblock make_superblock(uint64_t range_base, const Geometry& geometry);
/// Sets the checksum. Call last.
void seal(Superblock& superblock);
/// kNotFormatted (magic), kUnsupportedVersion (major or flag), kSuperblockCorrupt (checksum, state,
/// geometry, extents outside the slot, non-zero padding).
Status check(const Superblock& superblock);
Geometry geometry_of(const Superblock& superblock);

}  // namespace nvresume
