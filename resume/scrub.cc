// SPDX-License-Identifier: GPL-2.0-or-later
#include "resume/scrub.h"

#include <string.h>

#include <algorithm>

#include "image/media.h"

namespace nvresume {
namespace {

Status check_scrubbable(const ImageArea& area) {
  switch (area.state()) {
    case State::kEmpty:
    case State::kFailed:
      return ok_status();
    case State::kCommitted:
      return Error(Reason::kNotDropped, "an image waits to be resumed; nothing is scrubbed");
    case State::kWriting:
    case State::kConsumed:
      break;
  }
  return Error(Reason::kNotDropped,
               "a save or a resume was cut short; systemctl restart nvresume-boot.service ends it, "
               "then it can be scrubbed");
}

/// A part that cannot be read is not known to be zero.
bool is_known_zero(Nvm& area, uint64_t offset_bytes, Bytes buffer) {
  return area.read(offset_bytes, buffer).ok() && is_zero(buffer);
}

}  // namespace

Result<bool> scrub_step(Nvm& nvm, ScrubPosition& position, Bytes buffer, ConstBytes zeros) {
  // Opened at each step: it repairs an older copy first. Zeros under a copy that says COMMITTED
  // would be an image that fails instead of none.
  NVRESUME_ASSIGN(ImageArea area, ImageArea::open(nvm));
  if (!area.may_hold_bytes()) return true;
  NVRESUME_TRY(check_scrubbable(area));
  const Superblock& superblock = area.superblock();
  if (memcmp(position.image_id, superblock.image_id, sizeof(position.image_id)) != 0) {
    position = ScrubPosition{};
    memcpy(position.image_id, superblock.image_id, sizeof(position.image_id));
  }
  const uint64_t part_bytes =
      std::min<uint64_t>(superblock.slot_bytes - position.done_bytes, buffer.size());
  const uint64_t offset_bytes = superblock.slot_offset_bytes + position.done_bytes;
  if (!is_known_zero(nvm, offset_bytes, buffer.first(part_bytes))) {
    NVRESUME_TRY(nvm.write(offset_bytes, zeros.first(part_bytes)));
    position.written_bytes += part_bytes;
  }
  position.done_bytes += part_bytes;
  if (position.done_bytes < superblock.slot_bytes) return false;
  // All zeros are durable before the superblock says that they are there.
  NVRESUME_TRY(nvm.flush());
  NVRESUME_TRY(area.forget_image());
  return true;
}

}  // namespace nvresume
