// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/commit.h"

#include "image/ticket.h"

namespace nvresume {
namespace {

/// Reads the medium again, past what this process believes: the only proof that matters before a
/// thaw.
Status check_taken_back(Nvm& image_area, Nvm& swap) {
  NVRESUME_ASSIGN(const ImageArea read_back, ImageArea::peek(image_area));
  if (read_back.copy_a() != CopyState::kGood || read_back.copy_b() != CopyState::kGood ||
      read_back.state() == State::kCommitted)
    return Error(Reason::kVerifyFailed, "the superblocks still hold the image");
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  if (signature == SwapSignature::kUser)
    return Error(Reason::kVerifyFailed, "the swap area still carries the image's signature");
  return ok_status();
}

/// A recorded reason that is itself no error (none, or one of a later version) must not read as
/// success.
Error recorded_failure(const Superblock& superblock) {
  const Reason reason = static_cast<Reason>(superblock.reason);
  return reason_kind(reason) == ErrorKind::kOk ? Error(Reason::kNoImage) : Error(reason);
}

}  // namespace

Status commit_image(ImageArea& area, Nvm& swap, const Extent& metadata, const Extent& index) {
  // Chunks, index and metadata are durable before anything points at them.
  NVRESUME_TRY(area.nvm().flush());
  // The signature comes before COMMITTED: a cut in between is no image, and swapon mends the
  // signature. The other way round a cut would leave an image that any swapon destroys unseen.
  NVRESUME_TRY(write_swap_signature(swap, SwapSignature::kUser));
  return area.commit(metadata, index);
}

Status take_back_image(ImageArea& area, Nvm& swap, Reason reason) {
  // The superblocks first: from then on the image is none, whatever the signature says.
  NVRESUME_TRY(area.fail(reason));
  NVRESUME_TRY(withdraw_swap_signature(swap));
  return check_taken_back(area.nvm(), swap);
}

Status finish_resume(ImageArea& area, Nvm& swap) {
  if (area.state() == State::kCommitted)
    return Error(Reason::kInternal, "the image was never consumed");
  NVRESUME_TRY(withdraw_swap_signature(swap));
  return area.clear();
}

Status drop_image(ImageArea& area, Nvm& swap, Reason reason) {
  // Superblocks first, so that no cut leaves an image whose swap area may be used.
  if (area.state() == State::kCommitted) NVRESUME_TRY(area.fail(reason));
  // Also without an image: a cut in an earlier order can have left ULSUSPEND or half of it.
  return withdraw_swap_signature(swap);
}

Status check_image_pending(const ImageArea& area, Nvm& swap) {
  return check_image_pending(area, swap, area.superblock().boot_count + 1);
}

Status check_image_pending(const ImageArea& area, Nvm& swap, uint64_t this_boot) {
  const Superblock& superblock = area.superblock();
  switch (area.state()) {
    case State::kEmpty:
      return Error(Reason::kNoImage);
    case State::kWriting:
      return Error(Reason::kSaveCutShort);
    case State::kConsumed:
      return Error(Reason::kConsumed);
    case State::kFailed:
      return recorded_failure(superblock);
    case State::kCommitted:
      break;
  }
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(swap));
  if (signature != SwapSignature::kUser) return Error(Reason::kStaleSwapSignature);
  const uint32_t attempts = attempts_before(superblock, this_boot);
  if (attempts >= superblock.attempt_limit)
    return Error(Reason::kAttemptLimit)
        .with("the image failed to resume ")
        .with(attempts)
        .with(" times");
  return ok_status();
}

}  // namespace nvresume
