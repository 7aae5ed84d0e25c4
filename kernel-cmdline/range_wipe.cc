// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-cmdline/range_wipe.h"

#include <string.h>

#include <algorithm>
#include <memory>

#include "image/commit.h"

namespace nvresume {
namespace {

constexpr uint64_t kStepBytes = 1024 * 1024;

struct alignas(kBlockBytes) Step {
  uint8_t bytes[kStepBytes];
};

bool is_zero(ConstBytes bytes) {
  return bytes[0] == 0 && ::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

Status zero_part(Nvm& nvm, uint64_t begin_bytes, uint64_t end_bytes) {
  const auto step = std::make_unique<Step>();
  for (uint64_t at = begin_bytes; at < end_bytes;) {
    const Bytes bytes(step->bytes, std::min(kStepBytes, end_bytes - at));
    NVRESUME_TRY(nvm.read(at, bytes));
    if (!is_zero(bytes)) {
      std::ranges::fill(bytes, 0);
      NVRESUME_TRY(nvm.write(at, bytes));
    }
    at += bytes.size();
  }
  return nvm.flush();
}

Status check_gone(Nvm& image) {
  const auto area = ImageArea::peek(image);
  if (!area.ok() && area.error().reason() == Reason::kNotFormatted) return ok_status();
  return Error(Reason::kVerifyFailed, "a superblock can still be read after it was overwritten");
}

}  // namespace

Result<bool> is_image_pending(RangeView& view) {
  NVRESUME_ASSIGN(const SwapSignature signature, read_swap_signature(view.swap));
  if (signature == SwapSignature::kKernel) return true;
  const auto area = ImageArea::peek(view.image);
  return area.ok() && check_image_pending(area.value(), view.swap).ok();
}

Result<bool> is_range_ours(RangeView& view) {
  const auto area = ImageArea::peek(view.image);
  if (area.ok()) return true;
  if (area.error().reason() == Reason::kIoError) return Error(area.error());
  return area.error().reason() != Reason::kNotFormatted;
}

Status wipe_ends(Nvm& nvm) {
  const uint64_t end_bytes = std::min(nvm.size_bytes(), kStepBytes);
  NVRESUME_TRY(zero_part(nvm, 0, end_bytes));
  return zero_part(nvm, nvm.size_bytes() - end_bytes, nvm.size_bytes());
}

Status wipe_range(Nvm& image, Nvm& swap) {
  // Opening repairs first: the copy that stands alone for a moment may be an older, COMMITTED one
  // beside a consume or a drop that was cut short. Superblocks that cannot be opened are no image.
  (void)ImageArea::open(image);
  NVRESUME_TRY(zero_part(image, kSuperblockAOffset, kSuperblockAOffset + kBlockBytes));
  NVRESUME_TRY(zero_part(image, kSuperblockBOffset, kSuperblockBOffset + kBlockBytes));
  NVRESUME_TRY(zero_part(swap, 0, kBlockBytes));
  NVRESUME_TRY(zero_part(image, 0, image.size_bytes()));
  NVRESUME_TRY(zero_part(swap, 0, swap.size_bytes()));
  return check_gone(image);
}

}  // namespace nvresume
