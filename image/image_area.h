// SPDX-License-Identifier: GPL-2.0-or-later
// image_area.h: the superblock pair and the state machine over it.
//
//   EMPTY ─begin_save─▶ WRITING ─commit─▶ COMMITTED ─consume─▶ CONSUMED ─finish─▶ EMPTY
//                          └──fail/drop──▶ FAILED(reason) ◀──fail──┘
//
// Every change writes copy A, flushes, writes copy B, flushes. A cut in between leaves one old and
// one new valid copy; open() takes the newer and writes it over the other before anything else
// happens, so that a consumed image can never come back through later damage of one copy.
#pragma once

#include <stdint.h>

#include "image/nvm.h"
#include "image/result.h"
#include "image/superblock.h"

namespace nvresume {

/// What open() found, for messages and tests.
enum class CopyState : uint8_t { kGood, kOlder, kCorrupt, kUnsupported, kNotFormatted };

class ImageArea {
 public:
  /// Reads both copies, chooses, repairs the other one. `area` must outlive the object and start at
  /// the range base. Errors: kNotFormatted (neither copy has the magic), kSuperblockCorrupt (a
  /// magic, but no valid copy), kUnsupportedVersion, kIoError.
  static Result<ImageArea> open(Nvm& area);
  /// open() without the repair: for `inspect` and for a look by something that must not write.
  static Result<ImageArea> peek(Nvm& area);
  /// Writes fresh superblocks (kEmpty) and zeroes the attempt log. The caller has made sure that
  /// the range is blank or given up.
  static Result<ImageArea> format(Nvm& area, uint64_t range_base, const Geometry& geometry);

  const Superblock& superblock() const { return current_; }
  State state() const { return static_cast<State>(current_.state); }
  /// Whether the slot may hold bytes of an image, of any state: until forget_image().
  bool may_hold_bytes() const;
  CopyState copy_a() const { return copy_a_; }
  CopyState copy_b() const { return copy_b_; }
  Nvm& nvm() { return *nvm_; }

  /// The stage: one more boot, of something that may write to the disks.
  Status count_boot();
  /// The stage: one more boot, which is an attempt to restore the image. One commit: a cut leaves
  /// both counted or none.
  Status count_boot_and_attempt();
  /// The stage: that attempt was refused before anything else ran; this boot is counted again when
  /// it goes on.
  Status take_back_boot();
  /// Any state but kCommitted -> kWriting; clears image fields, sets image_id. Refuses kCommitted
  /// (kInternal): a committed image is dropped by name first.
  Status begin_save(const uint8_t image_id[16]);
  /// kWriting -> kCommitted. Metadata and index must be stored and flushed already, and the swap
  /// signature be ULSUSPEND (image/commit.h does all of it in order).
  Status commit(const Extent& metadata, const Extent& index);
  /// A restore begins: attempt_count + 1, both copies flushed before a byte is decoded. Nothing
  /// where this boot's attempt is counted already.
  Status begin_attempt();
  /// A refusal before the consume: the attempt does not count.
  Status lower_attempt();
  /// kCommitted -> kConsumed, in both copies, before ATOMIC_RESTORE or ExitBootServices. On error
  /// the image may still be COMMITTED in one copy: the caller must not go on to the restore.
  Status consume();
  /// kConsumed -> kCommitted after the hand-over failed before anything of the image ran.
  Status unconsume();
  /// Any state -> kFailed(reason), image fields kept for inspect.
  Status fail(Reason reason);
  /// kConsumed, kFailed or kWriting -> kEmpty. image_id stays: the slot's bytes do, too.
  Status clear();
  /// kEmpty or kFailed: nothing of an image is left in the slot, flushed. The state stays, and the
  /// reason.
  Status forget_image();
  Status set_log_sequence(uint64_t sequence);

 private:
  explicit ImageArea(Nvm& nvm) : nvm_(&nvm) {}
  Status write_both(Superblock next);
  Status write_one(bool to_b, const Superblock& next);

  Nvm* nvm_;
  /// What the newest copy known to be whole on the medium says. After a failed change it is the old
  /// state if neither copy is certain to hold the new one, the new state if one is.
  Superblock current_{};
  /// Highest generation ever given to a store, also to one that failed: two different contents must
  /// not carry the same one.
  uint64_t generation_ = 0;
  CopyState copy_a_ = CopyState::kGood;
  CopyState copy_b_ = CopyState::kGood;
};

}  // namespace nvresume
